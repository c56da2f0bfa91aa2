/// The instructions of a pickle, protocols 0 to 5, under the names of Python's `pickletools`.
enum PickleOpcode: UInt8 {
  // Protocols 0 and 1.
  case mark = 0x28, stop = 0x2e, pop = 0x30, popMark = 0x31, dup = 0x32
  case float = 0x46, binFloat = 0x47
  case int = 0x49, binInt = 0x4a, binInt1 = 0x4b, long = 0x4c, binInt2 = 0x4d
  case none = 0x4e
  case persID = 0x50, binPersID = 0x51
  case reduce = 0x52
  case string = 0x53, binString = 0x54, shortBinString = 0x55
  case unicode = 0x56, binUnicode = 0x58
  case append = 0x61, build = 0x62, global = 0x63, dict = 0x64, appends = 0x65
  case get = 0x67, binGet = 0x68, inst = 0x69, longBinGet = 0x6a
  case list = 0x6c, obj = 0x6f
  case put = 0x70, binPut = 0x71, longBinPut = 0x72
  case setItem = 0x73, tuple = 0x74, setItems = 0x75
  case emptyDict = 0x7d, emptyList = 0x5d, emptyTuple = 0x29
  // Protocol 2.
  case proto = 0x80, newObj = 0x81, ext1 = 0x82, ext2 = 0x83, ext4 = 0x84
  case tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
  case newTrue = 0x88, newFalse = 0x89, long1 = 0x8a, long4 = 0x8b
  // Protocol 3.
  case binBytes = 0x42, shortBinBytes = 0x43
  // Protocol 4.
  case shortBinUnicode = 0x8c, binUnicode8 = 0x8d, binBytes8 = 0x8e
  case emptySet = 0x8f, addItems = 0x90, frozenSet = 0x91
  case newObjEx = 0x92, stackGlobal = 0x93, memoize = 0x94, frame = 0x95
  // Protocol 5.
  case byteArray8 = 0x96, nextBuffer = 0x97, readOnlyBuffer = 0x98
}

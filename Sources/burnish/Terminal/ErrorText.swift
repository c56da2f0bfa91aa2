internal import ArgumentParser
internal import Foundation
internal import Pictures

/// What went wrong, as a sentence for people.
enum ErrorText {
  static func of(_ error: any Error) -> String {
    switch error {
    case let error as PictureError: error.message
    case let error as ValidationError: error.message
    case let error as CocoaError: error.localizedDescription
    default: String(describing: error)
    }
  }
}

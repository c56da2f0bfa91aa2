// c10d's header of ProcessGroupGloo names Gloo's classes, whose headers PyTorch does not ship. The door makes and calls
// none of them: pointers are all that it needs to know.
#pragma once

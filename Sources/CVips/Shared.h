// What the wrappers share: libvips' own header, which stays out of the public one, and the casts to its types.
#ifndef BURNISH_CVIPS_SHARED_H
#define BURNISH_CVIPS_SHARED_H

#include <vips/vips.h>

#include "CVips.h"

#define IMAGE(x) ((VipsImage *) (x))
#define OUT(x) ((VipsImage **) (x))

#endif

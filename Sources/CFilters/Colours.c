#include "CFilters.h"
#include "Clones.h"

#pragma clang fp contract(off)

/// A number clamped to 0 … 255 and rounded half up; NaN is 0.
#define LEVEL(value, half) ((value) >= 255 ? 255 : (value) > 0 ? (int) ((value) + (half)) : 0)

BURNISH_CLONES
void bf_levels_from_planes(const float *planes, ptrdiff_t count, uint8_t *rgb) {
  for (ptrdiff_t i = 0; i < count; i++)
    for (int channel = 0; channel < 3; channel++) {
      double level = (double) planes[channel * count + i] * 255;
      rgb[3 * i + channel] = (uint8_t) LEVEL(level, 0.5);
    }
}

BURNISH_CLONES
void bf_planes_from_levels(const uint8_t *rgb, ptrdiff_t count, float *planes) {
  for (ptrdiff_t i = 0; i < count; i++) {
    planes[i] = (float) rgb[3 * i] / 255;
    planes[count + i] = (float) rgb[3 * i + 1] / 255;
    planes[2 * count + i] = (float) rgb[3 * i + 2] / 255;
  }
}

BURNISH_CLONES
void bf_split_colours(const uint8_t *rgb, ptrdiff_t count, float *luma, float *blue, float *red) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float r = rgb[3 * i], g = rgb[3 * i + 1], b = rgb[3 * i + 2];
    luma[i] = (float) (int) (0.299f * r + 0.587f * g + 0.114f * b + 0.5f);
    float cb = -0.168736f * r - 0.331264f * g + 0.5f * b + 128;
    float cr = 0.5f * r - 0.418688f * g - 0.081312f * b + 128;
    blue[i] = (float) LEVEL(cb, 0.5f);
    red[i] = (float) LEVEL(cr, 0.5f);
  }
}

BURNISH_CLONES
void bf_merge_colours(const float *luma, const float *blue, const float *red, ptrdiff_t count, uint8_t *rgb) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float y = luma[i], cb = blue[i] - 128, cr = red[i] - 128;
    float r = y + 1.402f * cr, g = y - 0.344136f * cb - 0.714136f * cr, b = y + 1.772f * cb;
    rgb[3 * i] = (uint8_t) LEVEL(r, 0.5f);
    rgb[3 * i + 1] = (uint8_t) LEVEL(g, 0.5f);
    rgb[3 * i + 2] = (uint8_t) LEVEL(b, 0.5f);
  }
}

#include "CFilters.h"

#include "Clones.h"

#pragma clang fp contract(off)

BURNISH_CLONES
void bf_correlate(
    const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t target_stride, ptrdiff_t rows,
    ptrdiff_t columns, const ptrdiff_t *offsets, const float *weights, ptrdiff_t taps) {
  // Sums of so many pixels at a time stay in registers over all taps.
  enum { lanes = 64 };
  for (ptrdiff_t y = 0; y < rows; y++) {
    const float *line = source + y * source_stride;
    float *out = target + y * target_stride;
    ptrdiff_t x = 0;
    for (; x + lanes <= columns; x += lanes) {
      float sums[lanes] = {0};
      for (ptrdiff_t t = 0; t < taps; t++) {
        const float *from = line + x + offsets[t];
        float weight = weights[t];
#pragma clang loop vectorize(enable) unroll(full)
        for (int lane = 0; lane < lanes; lane++) sums[lane] += weight * from[lane];
      }
      for (int lane = 0; lane < lanes; lane++) out[x + lane] = sums[lane];
    }
    for (; x + 16 <= columns; x += 16) {
      float sums[16] = {0};
      for (ptrdiff_t t = 0; t < taps; t++) {
        const float *from = line + x + offsets[t];
        float weight = weights[t];
#pragma clang loop vectorize(enable) unroll(full)
        for (int lane = 0; lane < 16; lane++) sums[lane] += weight * from[lane];
      }
      for (int lane = 0; lane < 16; lane++) out[x + lane] = sums[lane];
    }
    for (; x < columns; x++) {
      float sum = 0;
      for (ptrdiff_t t = 0; t < taps; t++) sum += weights[t] * line[x + offsets[t]];
      out[x] = sum;
    }
  }
}

BURNISH_CLONES
void bf_combine_lines(
    const double *source, ptrdiff_t stride, double *target, ptrdiff_t columns, const ptrdiff_t *lines,
    const double *weights, ptrdiff_t taps) {
  for (ptrdiff_t x = 0; x < columns; x++) target[x] = 0;
  for (ptrdiff_t t = 0; t < taps; t++) {
    const double *from = source + lines[t] * stride;
    double weight = weights[t];
    for (ptrdiff_t x = 0; x < columns; x++) target[x] += weight * from[x];
  }
}

BURNISH_CLONES
void bf_combine_lines_float(
    const float *source, ptrdiff_t stride, float *target, ptrdiff_t columns, const ptrdiff_t *lines,
    const float *weights, ptrdiff_t taps) {
  for (ptrdiff_t x = 0; x < columns; x++) target[x] = 0;
  for (ptrdiff_t t = 0; t < taps; t++) {
    const float *from = source + lines[t] * stride;
    float weight = weights[t];
    for (ptrdiff_t x = 0; x < columns; x++) target[x] += weight * from[x];
  }
}

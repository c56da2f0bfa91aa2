#include "CFilters.h"
#include "Clones.h"

#pragma clang fp contract(fast)

// Sixteen pixels: one register of the widest machines, several of the others.
typedef float pixels __attribute__((vector_size(64)));
typedef float pixels_anywhere __attribute__((vector_size(64), aligned(4)));

#define LOAD(place) (*(const pixels_anywhere *) (place))
#define STORE(place, value) (*(pixels_anywhere *) (place) = (value))

BURNISH_CLONES
void bf_correlate(
    const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t target_stride, ptrdiff_t rows,
    ptrdiff_t columns, const ptrdiff_t *offsets, const float *weights, ptrdiff_t taps) {
  for (ptrdiff_t y = 0; y < rows; y++) {
    const float *line = source + y * source_stride;
    float *out = target + y * target_stride;
    ptrdiff_t x = 0;
    for (; x + 64 <= columns; x += 64) {
      pixels a = {0}, b = {0}, c = {0}, d = {0};
      for (ptrdiff_t t = 0; t < taps; t++) {
        const float *from = line + x + offsets[t];
        a += weights[t] * LOAD(from);
        b += weights[t] * LOAD(from + 16);
        c += weights[t] * LOAD(from + 32);
        d += weights[t] * LOAD(from + 48);
      }
      STORE(out + x, a);
      STORE(out + x + 16, b);
      STORE(out + x + 32, c);
      STORE(out + x + 48, d);
    }
    for (; x + 16 <= columns; x += 16) {
      pixels a = {0};
      for (ptrdiff_t t = 0; t < taps; t++) a += weights[t] * LOAD(line + x + offsets[t]);
      STORE(out + x, a);
    }
    for (; x < columns; x++) {
      float sum = 0;
      for (ptrdiff_t t = 0; t < taps; t++) sum += weights[t] * line[x + offsets[t]];
      out[x] = sum;
    }
  }
}

BURNISH_CLONES
void bf_filter_four_lines(
    const float *source, const ptrdiff_t *lines, const float *weights, ptrdiff_t taps, float *target,
    ptrdiff_t target_stride, ptrdiff_t columns) {
  ptrdiff_t x = 0;
  for (; x + 32 <= columns; x += 32) {
    pixels sums[8] = {0};
    for (ptrdiff_t t = 0; t < taps + 3; t++) {
      pixels left = LOAD(source + lines[t] + x), right = LOAD(source + lines[t] + x + 16);
      sums[0] += weights[t + 3] * left;
      sums[1] += weights[t + 3] * right;
      sums[2] += weights[t + 2] * left;
      sums[3] += weights[t + 2] * right;
      sums[4] += weights[t + 1] * left;
      sums[5] += weights[t + 1] * right;
      sums[6] += weights[t] * left;
      sums[7] += weights[t] * right;
    }
    for (int r = 0; r < 4; r++) {
      STORE(target + r * target_stride + x, sums[2 * r]);
      STORE(target + r * target_stride + x + 16, sums[2 * r + 1]);
    }
  }
  for (; x < columns; x++)
    for (int r = 0; r < 4; r++) {
      float sum = 0;
      for (ptrdiff_t t = 0; t < taps + 3; t++) sum += weights[t + 3 - r] * source[lines[t] + x];
      target[r * target_stride + x] = sum;
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

#include "CFilters.h"
#include "Clones.h"
#include "Vectors.h"

#pragma clang fp contract(fast)

ALWAYS_INLINE void brightness(
    const uint8_t *rgb, ptrdiff_t step, ptrdiff_t plane, ptrdiff_t count, const double *weights, double divisor,
    double offset, double *target) {
  double red = weights[0], green = weights[1], blue = weights[2];
  for (ptrdiff_t i = 0; i < count; i++) {
    double r = rgb[step * i], g = rgb[step * i + plane], b = rgb[step * i + 2 * plane];
    target[i] = (red * r + green * g + blue * b) / divisor + offset;
  }
}

BURNISH_CLONES
void bf_brightness(
    const uint8_t *rgb, ptrdiff_t step, ptrdiff_t plane, ptrdiff_t count, const double *weights, double divisor,
    double offset, double *target) {
  // Distances that the compiler knows let it use vectors.
  if (step == 3 && plane == 1)
    brightness(rgb, 3, 1, count, weights, divisor, offset, target);
  else if (step == 1)
    brightness(rgb, 1, plane, count, weights, divisor, offset, target);
  else
    brightness(rgb, step, plane, count, weights, divisor, offset, target);
}

ALWAYS_INLINE void brightness_in_single(
    const uint8_t *rgb, ptrdiff_t step, ptrdiff_t plane, ptrdiff_t count, const float *weights, double *target) {
  double red = weights[0], green = weights[1], blue = weights[2];
  for (ptrdiff_t i = 0; i < count; i++) {
    float r = (float) rgb[step * i] / 255, g = (float) rgb[step * i + plane] / 255;
    float b = (float) rgb[step * i + 2 * plane] / 255;
    float sum = (float) (red * (double) r);
    sum = (float) ((double) sum + green * (double) g);
    sum = (float) ((double) sum + blue * (double) b);
    target[i] = (double) (float) ((double) sum * 255);
  }
}

BURNISH_CLONES
void bf_brightness_in_single(
    const uint8_t *rgb, ptrdiff_t step, ptrdiff_t plane, ptrdiff_t count, const float *weights, double *target) {
  if (step == 3 && plane == 1)
    brightness_in_single(rgb, 3, 1, count, weights, target);
  else if (step == 1)
    brightness_in_single(rgb, 1, plane, count, weights, target);
  else
    brightness_in_single(rgb, step, plane, count, weights, target);
}

BURNISH_CLONES
void bf_round(double *values, ptrdiff_t count) {
  // Numbers of this size have no places behind the point: the sum is rounded there.
  const double shift = 0x1.8p52;
  for (ptrdiff_t i = 0; i < count; i++) values[i] = (values[i] + shift) - shift;
}

BURNISH_CLONES
double bf_squared_distance(const double *a, const double *b, ptrdiff_t count) {
  numbers sums[2] = {{0}};
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    numbers first = LOAD(a + i) - LOAD(b + i), second = LOAD(a + i + LANES) - LOAD(b + i + LANES);
    sums[0] += first * first;
    sums[1] += second * second;
  }
  double sum = 0;
  TOTAL(sum, sums[0] + sums[1])
  for (; i < count; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

BURNISH_CLONES
void bf_similarity_products(double *row, ptrdiff_t stride) {
  for (ptrdiff_t i = 0; i < stride; i += LANES) {
    numbers x = LOAD(row + i), y = LOAD(row + stride + i);
    STORE(row + 2 * stride + i, x * x + y * y);
    STORE(row + 3 * stride + i, x * y);
  }
}

/// The map of what the window's means of x, y, x² + y² and x y are.
#define SIMILARITY(x, y, squares, product, larger)                    \
  {                                                                   \
    __auto_type both = x * x + y * y, cross = x * y;                  \
    __auto_type structure = 2 * (product - cross) + c2;               \
    if (clamps) structure = larger;                                   \
    similarity = (2 * cross + c1) * structure / ((both + c1) * (squares - both + c2)); \
  }

BURNISH_CLONES
double bf_similarity_line(
    const double *base, const ptrdiff_t *rows, ptrdiff_t stride, const double *window, ptrdiff_t taps,
    ptrdiff_t columns, const double *constants, int clamps, double *scratch) {
  double c1 = constants[0], c2 = constants[1];
  for (ptrdiff_t i = 0; i < stride; i += LANES) {
    numbers sums[4] = {{0}};
    for (ptrdiff_t t = 0; t < taps; t++) {
      const double *row = base + rows[t] + i;
      for (int k = 0; k < 4; k++) sums[k] += window[t] * LOAD(row + k * stride);
    }
    for (int k = 0; k < 4; k++) STORE(scratch + k * stride + i, sums[k]);
  }
  numbers sum = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= columns; i += LANES) {
    numbers m[4] = {{0}};
    for (ptrdiff_t t = 0; t < taps; t++)
      for (int k = 0; k < 4; k++) m[k] += window[t] * LOAD(scratch + k * stride + i + t);
    numbers similarity;
    SIMILARITY(m[0], m[1], m[2], m[3], __builtin_elementwise_max(structure, (numbers) {0}))
    sum += similarity;
  }
  double whole = 0;
  TOTAL(whole, sum)
  for (; i < columns; i++) {
    double m[4] = {0};
    for (ptrdiff_t t = 0; t < taps; t++)
      for (int k = 0; k < 4; k++) m[k] += window[t] * scratch[k * stride + i + t];
    double similarity;
    SIMILARITY(m[0], m[1], m[2], m[3], structure > 0 ? structure : 0)
    whole += similarity;
  }
  return whole;
}

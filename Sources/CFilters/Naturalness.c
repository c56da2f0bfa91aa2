#include <string.h>

#include "CFilters.h"
#include "Clones.h"
#include "Vectors.h"

// Sums may round once a product, but single-precision steps round where the reference rounds.
#pragma clang fp contract(off)

/// Adds vectors and their squares, each times a weight.
#define ADD_WEIGHTED(sums, weight, x, square)   \
  {                                             \
    _Pragma("clang fp contract(fast)")          \
    (sums)[0] += (weight) * (x);                \
    (sums)[1] += (weight) * (square);           \
  }

ALWAYS_INLINE void normalise_line(
    const double *plane, const ptrdiff_t *lines, const double *window, ptrdiff_t taps, ptrdiff_t columns, int single,
    double *scratch, double *target) {
  ptrdiff_t radius = taps / 2, length = columns + 2 * radius;
  double *means = scratch, *squares = scratch + length;
  for (ptrdiff_t i = 0; i < columns; i += LANES) {
    numbers sums[2] = {{0}};
    for (ptrdiff_t t = 0; t < taps; t++) {
      numbers x = LOAD(plane + lines[t] + i), square = x * x;
      if (single) square = ROUNDED(square);
      ADD_WEIGHTED(sums, window[t], x, square)
    }
    STORE(means + radius + i, sums[0]);
    STORE(squares + radius + i, sums[1]);
  }
  for (ptrdiff_t i = 0; i < radius; i++) {
    means[i] = means[radius];
    squares[i] = squares[radius];
    means[radius + columns + i] = means[radius + columns - 1];
    squares[radius + columns + i] = squares[radius + columns - 1];
  }
  const double *line = plane + lines[radius];
  for (ptrdiff_t i = 0; i < columns; i += LANES) {
    numbers sums[2] = {{0}};
    for (ptrdiff_t t = 0; t < taps; t++) ADD_WEIGHTED(sums, window[t], LOAD(means + i + t), LOAD(squares + i + t))
    if (single) {
      singles mean = __builtin_convertvector(sums[0], singles);
      singles variance = __builtin_convertvector(sums[1], singles) - mean * mean;
      numbers deviation = __builtin_convertvector(
          __builtin_elementwise_sqrt(__builtin_elementwise_abs(variance)), numbers);
      STORE(target + i, ROUNDED((LOAD(line + i) - __builtin_convertvector(mean, numbers)) / (deviation + 1)));
    } else {
      numbers variance = sums[1] - sums[0] * sums[0];
      numbers deviation = __builtin_elementwise_sqrt(__builtin_elementwise_abs(variance));
      STORE(target + i, (LOAD(line + i) - sums[0]) / (deviation + 1));
    }
  }
}

BURNISH_CLONES
void bf_normalise_line(
    const double *plane, const ptrdiff_t *lines, const double *window, ptrdiff_t taps, ptrdiff_t columns, int single,
    double *scratch, double *target) {
  if (single)
    normalise_line(plane, lines, window, taps, columns, 1, scratch, target);
  else
    normalise_line(plane, lines, window, taps, columns, 0, scratch, target);
}

BURNISH_CLONES
void bf_halve_line(
    const double *source, const double *weights, ptrdiff_t taps, double *target, ptrdiff_t columns, int single) {
  for (ptrdiff_t x = 0; x < columns; x++) {
#pragma clang fp contract(fast)
    double sum = 0;
    for (ptrdiff_t t = 0; t < taps; t++) sum += weights[t] * source[2 * x + t];
    target[x] = single ? (double) (float) sum : sum;
  }
}

/// What is known of one map so far.
typedef struct {
  numbers absolute, below, above;
  integers below_count, above_count;
} moments;

ALWAYS_INLINE void add_values(moments *m, const numbers *values) {
#pragma clang fp contract(fast)
  numbers x = *values;
  numbers negative = __builtin_elementwise_min(x, (numbers) {0}), positive = __builtin_elementwise_max(x, (numbers) {0});
  m->absolute += positive - negative;
  m->below += negative * negative;
  m->above += positive * positive;
  m->below_count -= x < 0;
  m->above_count -= x > 0;
}

ALWAYS_INLINE void write_moments(const moments *m, double *target) {
  for (int k = 0; k < BF_MOMENTS; k++) target[k] = 0;
  TOTAL(target[0], m->absolute)
  TOTAL(target[1], m->below_count)
  TOTAL(target[2], m->below)
  TOTAL(target[3], m->above_count)
  TOTAL(target[4], m->above)
}

ALWAYS_INLINE void block_moments(
    const double *block, ptrdiff_t stride, ptrdiff_t side, int single, double *target) {
  // Two lines with a number more on each side, this one and the one above.
  double lines[2][96 + 2];
  moments maps[5];
  memset(maps, 0, sizeof maps);
  for (ptrdiff_t y = -1; y < side; y++) {
    const double *from = block + (y < 0 ? side - 1 : y) * stride;
    double *line = lines[(y + 2) % 2];
    memcpy(line + 1, from, (size_t) side * sizeof(double));
    line[0] = from[side - 1];
    line[side + 1] = from[0];
    if (y < 0) continue;
    const double *above = lines[(y + 1) % 2];
    for (ptrdiff_t i = 0; i < side; i += LANES) {
      numbers x = LOAD(line + 1 + i);
      numbers products[4] = {
          x * LOAD(line + i), x * LOAD(above + 1 + i), x * LOAD(above + i), x * LOAD(above + 2 + i)};
      add_values(&maps[0], &x);
      for (int k = 0; k < 4; k++) {
        if (single) products[k] = ROUNDED(products[k]);
        add_values(&maps[k + 1], &products[k]);
      }
    }
  }
  for (int k = 0; k < 5; k++) write_moments(&maps[k], target + k * BF_MOMENTS);
}

BURNISH_CLONES
void bf_block_moments(const double *block, ptrdiff_t stride, ptrdiff_t side, int single, double *target) {
  if (single)
    block_moments(block, stride, side, 1, target);
  else
    block_moments(block, stride, side, 0, target);
}

#include <string.h>

#include "CFilters.h"
#include "Clones.h"

#pragma clang fp contract(off)

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/// Uniform in 0 … 1, with 53 bits.
ALWAYS_INLINE double uniform(uint64_t key, uint64_t counter) {
  return (double) (int64_t) (mix(key + counter * 0x9E3779B97F4A7C15u) >> 11) * 0x1p-53;
}

/// ln x for 2^-53 <= x <= 1, by the series of artanh((m - 1) / (m + 1)) for x = m 2^e with m within sqrt(1/2) … sqrt(2).
ALWAYS_INLINE double natural_log(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  // Adding the difference of 1 and sqrt(1/2) carries into the exponent where m would be too large.
  uint64_t shifted = bits + (0x3FF0000000000000u - 0x3FE6A09E667F3BCDu);
  double exponent = (double) (int64_t) (shifted >> 52) - 1023;
  uint64_t mantissa = (shifted & 0x000FFFFFFFFFFFFFu) + 0x3FE6A09E667F3BCDu;
  double m;
  memcpy(&m, &mantissa, sizeof m);
  double s = (m - 1) / (m + 1), q = s * s;
  double series = 1.0 / 15;
  series = series * q + 1.0 / 13;
  series = series * q + 1.0 / 11;
  series = series * q + 1.0 / 9;
  series = series * q + 1.0 / 7;
  series = series * q + 1.0 / 5;
  series = series * q + 1.0 / 3;
  series = series * q + 1;
  return exponent * 0.69314718055994530942 + 2 * s * series;
}

ALWAYS_INLINE void pair(uint64_t key, uint64_t counter, double *first, double *second) {
  // The library function would set errno, which keeps the compiler from using vectors.
  double radius = __builtin_elementwise_sqrt(-2 * natural_log(1 - uniform(key, counter + 1)));
  // In quarters of a turn: the nearest whole one, and an angle of an eighth at most, whose series are short.
  double turn = 4 * uniform(key, counter + 2);
  int64_t quarter = (int64_t) (turn + 0.5);
  double a = (turn - (double) quarter) * 1.57079632679489661923, q = a * a;
  double sine = -1.0 / 1307674368000;
  sine = sine * q + 1.0 / 6227020800;
  sine = sine * q - 1.0 / 39916800;
  sine = sine * q + 1.0 / 362880;
  sine = sine * q - 1.0 / 5040;
  sine = sine * q + 1.0 / 120;
  sine = sine * q - 1.0 / 6;
  sine = a * (sine * q + 1);
  double cosine = -1.0 / 87178291200;
  cosine = cosine * q + 1.0 / 479001600;
  cosine = cosine * q - 1.0 / 3628800;
  cosine = cosine * q + 1.0 / 40320;
  cosine = cosine * q - 1.0 / 720;
  cosine = cosine * q + 1.0 / 24;
  cosine = cosine * q - 1.0 / 2;
  cosine = cosine * q + 1;
  double x = quarter & 1 ? sine : cosine, y = quarter & 1 ? cosine : sine;
  *first = radius * ((quarter + 1) & 2 ? -x : x);
  *second = radius * (quarter & 2 ? -y : y);
}

BURNISH_CLONES
void bf_gaussian_pairs(uint64_t key, uint64_t counter, double *target, ptrdiff_t pairs) {
  for (ptrdiff_t i = 0; i < pairs; i++) pair(key, counter + 2 * (uint64_t) i, &target[2 * i], &target[2 * i + 1]);
}

BURNISH_CLONES
void bf_gaussian_pairs_float(uint64_t key, uint64_t counter, float *target, ptrdiff_t pairs) {
  // Apart first: numbers side by side keep the compiler from using whole vectors.
  enum { block = 256 };
  double first[block], second[block];
  for (ptrdiff_t start = 0; start < pairs; start += block) {
    ptrdiff_t count = pairs - start < block ? pairs - start : block;
    for (ptrdiff_t i = 0; i < count; i++) pair(key, counter + 2 * (uint64_t) (start + i), &first[i], &second[i]);
    for (ptrdiff_t i = 0; i < count; i++) {
      target[2 * (start + i)] = (float) first[i];
      target[2 * (start + i) + 1] = (float) second[i];
    }
  }
}

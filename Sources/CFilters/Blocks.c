#include <math.h>

#include "CFilters.h"
#include "Clones.h"

#pragma clang fp contract(off)

// Rows of eight are one vector: c = a b for 8x8 matrices, `b` and `c` by rows.
#define PRODUCT(c, a, b, a_row, a_k)                                         \
  for (int i = 0; i < 8; i++) {                                              \
    float row[8] = {0};                                                      \
    for (int k = 0; k < 8; k++) {                                            \
      float factor = (a)[i * (a_row) + k * (a_k)];                           \
      for (int j = 0; j < 8; j++) row[j] += factor * (b)[k * 8 + j];         \
    }                                                                        \
    for (int j = 0; j < 8; j++) (c)[i * 8 + j] = row[j];                     \
  }

BURNISH_CLONES
void bf_quantise_blocks(
    float *blocks, ptrdiff_t stride, ptrdiff_t count, const float *transform, const float *table) {
  float transposed[64];
  for (int i = 0; i < 64; i++) transposed[i] = transform[(i % 8) * 8 + i / 8];
  for (ptrdiff_t block = 0; block < count; block++) {
    float *place = blocks + block * 8;
    float a[64], b[64];
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++) a[i * 8 + j] = place[i * stride + j];
    PRODUCT(b, transform, a, 8, 1)
    PRODUCT(a, b, transposed, 8, 1)
    for (int i = 0; i < 64; i++) {
      float level = a[i] / table[i];
      // Half away from zero, as libjpeg rounds; |level| is below 2^12.
      a[i] = (float) (int) (level + copysignf(0.5f, level)) * table[i];
    }
    PRODUCT(b, transposed, a, 8, 1)
    PRODUCT(a, b, transform, 8, 1)
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++) place[i * stride + j] = a[i * 8 + j];
  }
}

// The inner loops of filters and resizes, in C because a C compiler makes them once for each generation of vector units
// and the program picks at run time; Swift would compile them for the oldest machine that there is.
//
// Results do not depend on the machine: every pixel is summed in the order of its weights, each product rounded before it
// is added. All pointers are borrowed; nothing is allocated, nothing can fail.
#ifndef BURNISH_CFILTERS_H
#define BURNISH_CFILTERS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// For each of `columns` pixels of each of `rows` lines: target[x] = sum over taps of weights[t] * source[x + offsets[t]].
///
/// `source_stride` and `target_stride` are the distances of two lines. What offsets reach must be readable.
void bf_correlate(
    const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t target_stride, ptrdiff_t rows,
    ptrdiff_t columns, const ptrdiff_t *offsets, const float *weights, ptrdiff_t taps);

/// One line as a weighted sum of lines: target[x] = sum over taps of weights[t] * source[lines[t] * stride + x].
void bf_combine_lines(
    const double *source, ptrdiff_t stride, double *target, ptrdiff_t columns, const ptrdiff_t *lines,
    const double *weights, ptrdiff_t taps);

/// The same in single precision.
void bf_combine_lines_float(
    const float *source, ptrdiff_t stride, float *target, ptrdiff_t columns, const ptrdiff_t *lines,
    const float *weights, ptrdiff_t taps);

/// `count` 8x8 blocks through the two-dimensional DCT, division by a table, rounding (half away from zero), and the way
/// back, in place. The blocks' rows are `stride` apart, the blocks lie side by side.
///
/// `transform` is the orthonormal DCT-II of eight samples, row k the k-th frequency; `table` the 64 divisors.
void bf_quantise_blocks(
    float *blocks, ptrdiff_t stride, ptrdiff_t count, const float *transform, const float *table);

#ifdef __cplusplus
}
#endif

#endif

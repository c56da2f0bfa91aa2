// The inner loops of filters and resizes, in C because a C compiler makes them once for each generation of vector units
// and the program picks at run time; Swift would compile them for the oldest machine that there is.
//
// Results do not depend on the machine: every pixel is summed in the order of its weights, in one rounding with the product
// (every ARM machine can, and every x86 machine since 2013; older ones round twice). All pointers are borrowed; nothing is allocated, nothing can fail.
#ifndef BURNISH_CFILTERS_H
#define BURNISH_CFILTERS_H

#include <stddef.h>
#include <stdint.h>

#include "Scores.h"

#ifdef __cplusplus
extern "C" {
#endif

/// For each of `columns` pixels of each of `rows` lines: target[x] = sum over taps of weights[t] * source[x + offsets[t]].
///
/// `source_stride` and `target_stride` are the distances of two lines. What offsets reach must be readable.
void bf_correlate(
    const float *source, ptrdiff_t source_stride, float *target, ptrdiff_t target_stride, ptrdiff_t rows,
    ptrdiff_t columns, const ptrdiff_t *offsets, const float *weights, ptrdiff_t taps);

/// Four lines of a filter along columns: target[r][x] = sum over taps of weights[t] * source[lines[r + t] + x] for r = 0 … 3.
///
/// `lines` holds the places of `taps + 3` lines, `weights` the taps between three zeros on each side (`taps + 6` in all): what is
/// loaded once serves four lines. `target_stride` is the distance of two target lines.
void bf_filter_four_lines(
    const float *source, const ptrdiff_t *lines, const float *weights, ptrdiff_t taps, float *target,
    ptrdiff_t target_stride, ptrdiff_t columns);

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

/// Three planes of `count` pixels in 0 … 1 as interleaved levels, clamped and rounded half up; NaN is 0.
void bf_levels_from_planes(const float *planes, ptrdiff_t count, uint8_t *rgb);

/// Interleaved levels as three planes of `count` pixels in 0 … 1.
void bf_planes_from_levels(const uint8_t *rgb, ptrdiff_t count, float *planes);

/// Interleaved RGB as JFIF's luminance and chrominance, rounded to levels.
void bf_split_colours(const uint8_t *rgb, ptrdiff_t count, float *luma, float *blue, float *red);

/// The way back, clamped and rounded to levels.
void bf_merge_colours(const float *luma, const float *blue, const float *red, ptrdiff_t count, uint8_t *rgb);

/// Pairs of standard normal numbers by Box and Muller's way: sqrt(-2 ln(1 - u)) times cosine and sine of 2 pi v, where u and v are
/// the upper 53 bits of the numbers `counter + 1`, `counter + 2`, … of the stream of `key`, SplitMix64 read as a counter-based
/// generator.
///
/// Logarithm, cosine and sine are computed here, to 1e-12, so that they are the same numbers on every machine.
void bf_gaussian_pairs(uint64_t key, uint64_t counter, double *target, ptrdiff_t pairs);

/// The same, as single-precision numbers.
void bf_gaussian_pairs_float(uint64_t key, uint64_t counter, float *target, ptrdiff_t pairs);

#ifdef __cplusplus
}
#endif

#endif

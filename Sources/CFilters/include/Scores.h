// The inner loops of PSNR, SSIM and NIQE, in double precision.
#ifndef BURNISH_SCORES_H
#define BURNISH_SCORES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A weighted sum of the three channels of levels: target[i] = (weights[0] R + weights[1] G + weights[2] B) / divisor + offset.
/// With whole weights the sum is exact, so that a half is a half.
///
/// Neighbours of one channel are `step` bytes apart (3 for interleaved pixels), channels `plane` bytes.
void bf_brightness(
    const uint8_t *rgb, ptrdiff_t step, ptrdiff_t plane, ptrdiff_t count, const double *weights, double divisor,
    double offset, double *target);

/// The same for levels divided by 255, each step rounded to single precision, times 255 and rounded to single precision again.
void bf_brightness_in_single(
    const uint8_t *rgb, ptrdiff_t step, ptrdiff_t plane, ptrdiff_t count, const float *weights, double *target);

/// Rounds to whole numbers, half to even; |values| below 2^51.
void bf_round(double *values, ptrdiff_t count);

/// The sum of (a[i] - b[i])².
double bf_squared_distance(const double *a, const double *b, ptrdiff_t count);

/// Fills the third and fourth line of a row from its first two, x and y: x² + y² and x y.
///
/// A row is four lines of `stride` numbers, a multiple of 8; all of them are written.
void bf_similarity_products(double *row, ptrdiff_t stride);

/// The sum over one line of the map of structural similarity.
///
/// `rows` holds the places of `taps` rows as `bf_similarity_products` leaves them, in numbers from `base`. The window is the outer product of
/// `window` with itself, and fits at `columns` places, at most `stride - taps + 1`. `scratch` has room for four lines.
/// `constants` are C1 and C2; `clamps` keeps the factor of contrast and structure from falling below 0.
double bf_similarity_line(
    const double *base, const ptrdiff_t *rows, ptrdiff_t stride, const double *window, ptrdiff_t taps,
    ptrdiff_t columns, const double *constants, int clamps, double *scratch);

/// One line of brightness without its local mean, divided by its local deviation plus 1.
///
/// `lines` holds the places of `taps` lines around it (odd), in numbers from `plane`, the line itself in the middle; at the left and at the
/// right the last number is repeated. `columns` is a multiple of 8. `scratch` has room for 2 (columns + taps - 1) numbers. With `single`, every
/// step is rounded to single precision, but sums are not.
void bf_normalise_line(
    const double *plane, const ptrdiff_t *lines, const double *window, ptrdiff_t taps, ptrdiff_t columns, int single,
    double *scratch, double *target);

/// One line as a weighted sum of every second number and its neighbours: target[x] = sum over taps of weights[t] * source[2 x + t].
/// With `single`, the results are rounded to single precision.
void bf_halve_line(
    const double *source, const double *weights, ptrdiff_t taps, double *target, ptrdiff_t columns, int single);

/// Numbers that `bf_block_moments` writes for each of its five maps: the sum of absolute values, the number and the sum of squares of the
/// values below 0, and those of the values above.
#define BF_MOMENTS 5

/// Moments of a square block and of its products with the neighbours at the left, above, above left and above right, which
/// lie on the other side of the block where there are none: 5 maps of `BF_MOMENTS` numbers.
///
/// `side` is a multiple of 8, at most 96. With `single`, products are rounded to single precision.
void bf_block_moments(const double *block, ptrdiff_t stride, ptrdiff_t side, int single, double *moments);

#ifdef __cplusplus
}
#endif

#endif

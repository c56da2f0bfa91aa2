// Plain C wrappers over libvips, whose own calls are variadic and so out of Swift's reach.
//
// Every function that can fail returns 0 for success and -1 for failure; `bv_error_take` then tells why. An image is a
// lazy pipeline: nothing is computed until one of the `bv_read_…`, `bv_copy_memory` or `bv_save` functions asks for
// pixels. Images and sources are counted references; each one handed out is given back with `bv_image_unref` or
// `bv_source_unref`. Memory given to a `…_memory` or `…_planes` function is borrowed and must outlive every image that
// descends from it.
#ifndef BURNISH_CVIPS_H
#define BURNISH_CVIPS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bv_image bv_image;
typedef struct bv_source bv_source;

/// Sample formats that Burnish tells apart; the rest of libvips' formats are `BV_FORMAT_OTHER`.
enum {
  BV_FORMAT_OTHER = 0,
  BV_FORMAT_UINT8 = 1,
  BV_FORMAT_UINT16 = 2,
  BV_FORMAT_UINT32 = 3,
  BV_FORMAT_FLOAT = 4,
};

/// Meanings of the colour channels that Burnish tells apart.
enum {
  BV_SPACE_OTHER = 0,
  BV_SPACE_GREY = 1,
  BV_SPACE_RGB = 2,
  BV_SPACE_LINEAR_RGB = 3,
  BV_SPACE_CMYK = 4,
};

/// Kinds of file that `bv_save` writes.
enum {
  BV_KIND_JPEG = 0,
  BV_KIND_PNG = 1,
  BV_KIND_WEBP = 2,
  BV_KIND_TIFF = 3,
  BV_KIND_HEIC = 4,
  BV_KIND_AVIF = 5,
};

/// What a saver needs to know; each kind reads its own fields.
typedef struct bv_save_options {
  int quality;      // 1...100: JPEG, WebP, HEIC, AVIF
  int lossless;     // WebP
  int compression;  // 0...9: PNG
  int bigtiff;      // TIFF larger than 4 GB
  int bits;         // a channel: HEIC, AVIF
  int strip;        // leave metadata out: JPEG
} bv_save_options;

// The library

int bv_init(void);
const char *bv_version(void);
void bv_set_concurrency(int threads);
int bv_concurrency(void);
int bv_has_operation(const char *nickname);
size_t bv_memory_in_use(void);
/// The error text gathered since the last call, to be freed with `bv_free`; libvips keeps one text for all threads.
char *bv_error_take(void);
void bv_free(void *memory);

// Sources

bv_source *bv_source_from_descriptor(int descriptor);
bv_source *bv_source_from_memory(const void *bytes, size_t count);
void bv_source_unref(bv_source *source);
/// Copies up to `count` first bytes into `bytes` and returns how many there were; the position does not move.
size_t bv_source_sniff(bv_source *source, uint8_t *bytes, size_t count);

// Images

void bv_image_unref(bv_image *image);
int bv_width(const bv_image *image);
int bv_height(const bv_image *image);
int bv_bands(const bv_image *image);
int bv_format(const bv_image *image);
int bv_space(const bv_image *image);
int bv_has_alpha(bv_image *image);
int bv_orientation(bv_image *image);

/// Opens by the named loader (`jpegload_source` …), strictly: a cut-short file is an error.
int bv_load(const char *loader, bv_source *source, bv_image **out);
/// Writes to `path`, or, where that is NULL, into memory to be freed with `bv_free`.
int bv_save(int kind, bv_image *image, bv_save_options options, const char *path, void **bytes, size_t *count);

/// A lazy image over planar CHW floats in 0...1, quantised by rounding to nearest; values outside are clamped.
///
/// `channels` is 3 (the colour), 1 (its luma) or 0 (`alpha` alone, one band). With `flatten`, the colour is laid onto
/// white by `alpha`.
int bv_from_planes(
    const float *colour, const float *alpha, int width, int height, int channels, int bits, int flatten,
    bv_image **out);
/// A lazy image over interleaved 8-bit (or, with `bits` 16, 16-bit) samples.
int bv_from_memory(const void *samples, int width, int height, int bands, int bits, bv_image **out);

/// Whether no sample is a NaN or an infinity.
int bv_all_finite(const float *samples, size_t count);

/// Computes the image into planar floats, sample / `white`; `alpha` may be NULL. Grey is repeated into three planes.
int bv_read_planes(bv_image *image, float *colour, float *alpha, float white, float alpha_white);
/// Computes an 8- or 16-bit image into interleaved 8-bit RGB, alpha laid onto white.
int bv_read_rgb8(bv_image *image, uint8_t *rgb, float white, float alpha_white);

int bv_copy_memory(bv_image *in, bv_image **out);
int bv_autorot(bv_image *in, bv_image **out);
int bv_extract(bv_image *in, int first, int count, bv_image **out);
int bv_join(bv_image *a, bv_image *b, bv_image **out);
/// in * scale + offset, then to the format; out-of-range values are clipped.
int bv_linear_cast(bv_image *in, double scale, double offset, int format, bv_image **out);
/// The same samples under another meaning (`BV_SPACE_…`).
int bv_relabel(bv_image *in, int space, bv_image **out);
/// Converts to sRGB: 16-bit when `bits` is 16, 8-bit otherwise; for spaces without a profile.
int bv_to_srgb(bv_image *in, int bits, bv_image **out);

/// Converts between two profiles, each a file or one that libvips carries; embedded ones are not looked at.
///
/// In one step: the way through libvips' connection space loses most of 16 bits (8.14.1 clips white to 64919).
int bv_icc(bv_image *in, const char *from, const char *to, int bits, bv_image **out);
/// A profile that libvips carries ("srgb", "p3", "cmyk"), to be freed with `bv_free`.
int bv_builtin_profile(const char *name, void **bytes, size_t *count);

// Metadata

int bv_blob(bv_image *image, const char *name, const void **bytes, size_t *count);
/// A copy of `in` whose metadata may be changed by the functions below.
int bv_copy(bv_image *in, bv_image **out);
void bv_set_blob(bv_image *image, const char *name, const void *bytes, size_t count);
void bv_set_string(bv_image *image, const char *name, const char *value);
void bv_set_int(bv_image *image, const char *name, int value);
/// The field as text, to be freed with `bv_free`; NULL where there is none.
char *bv_string(bv_image *image, const char *name);
int bv_int(bv_image *image, const char *name, int fallback);
void bv_remove(bv_image *image, const char *name);
void bv_set_resolution(bv_image *image, double x, double y);
void bv_resolution(bv_image *image, double *x, double *y);
/// Copies every field whose name begins with `prefix`, and returns how many there were.
int bv_copy_fields(bv_image *from, bv_image *to, const char *prefix);

// JPEG round trip

/// Compresses interleaved 8-bit RGB (4:2:0, without metadata) and decompresses it again, on the calling thread.
int bv_jpeg_round_trip(const uint8_t *rgb, int width, int height, int quality, uint8_t *out);

#ifdef __cplusplus
}
#endif

#endif

#include "CVips.h"

#include <math.h>
#include <string.h>
#include <vips/vips.h>

#define IMAGE(x) ((VipsImage *) (x))
#define OUT(x) ((VipsImage **) (x))

// The library

static void drop_message(const char *domain, GLogLevelFlags level, const char *message, void *context) {
  (void) domain;
  (void) level;
  (void) message;
  (void) context;
}

int bv_init(void) {
  if (vips_init("burnish") != 0) return -1;
  vips_block_untrusted_set(TRUE);
  vips_cache_set_max(0);
  // Codecs report harmless oddities of a file this way; what matters comes back as an error.
  g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, drop_message, NULL);
  return 0;
}

const char *bv_version(void) { return vips_version_string(); }

void bv_set_concurrency(int threads) { vips_concurrency_set(threads); }

int bv_concurrency(void) { return vips_concurrency_get(); }

int bv_has_operation(const char *nickname) { return vips_type_find("VipsOperation", nickname) != 0; }

size_t bv_memory_in_use(void) { return vips_tracked_get_mem(); }

char *bv_error_take(void) { return vips_error_buffer_copy(); }

void bv_free(void *memory) { g_free(memory); }

// Sources

bv_source *bv_source_from_descriptor(int descriptor) {
  return (bv_source *) vips_source_new_from_descriptor(descriptor);
}

bv_source *bv_source_from_memory(const void *bytes, size_t count) {
  return (bv_source *) vips_source_new_from_memory(bytes, count);
}

void bv_source_unref(bv_source *source) { g_object_unref(source); }

size_t bv_source_sniff(bv_source *source, uint8_t *bytes, size_t count) {
  unsigned char *data = NULL;
  gint64 found = vips_source_sniff_at_most((VipsSource *) source, &data, count);
  if (found <= 0 || data == NULL) return 0;
  memcpy(bytes, data, (size_t) found);
  return (size_t) found;
}

// Images

void bv_image_unref(bv_image *image) { g_object_unref(image); }

int bv_width(const bv_image *image) { return vips_image_get_width((const VipsImage *) image); }

int bv_height(const bv_image *image) { return vips_image_get_height((const VipsImage *) image); }

int bv_bands(const bv_image *image) { return vips_image_get_bands((const VipsImage *) image); }

int bv_format(const bv_image *image) {
  switch (vips_image_get_format((const VipsImage *) image)) {
    case VIPS_FORMAT_UCHAR: return BV_FORMAT_UINT8;
    case VIPS_FORMAT_USHORT: return BV_FORMAT_UINT16;
    case VIPS_FORMAT_UINT: return BV_FORMAT_UINT32;
    case VIPS_FORMAT_FLOAT:
    case VIPS_FORMAT_DOUBLE: return BV_FORMAT_FLOAT;
    default: return BV_FORMAT_OTHER;
  }
}

int bv_space(const bv_image *image) {
  switch (vips_image_get_interpretation((const VipsImage *) image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16: return BV_SPACE_GREY;
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16: return BV_SPACE_RGB;
    case VIPS_INTERPRETATION_scRGB: return BV_SPACE_LINEAR_RGB;
    case VIPS_INTERPRETATION_CMYK: return BV_SPACE_CMYK;
    default: return BV_SPACE_OTHER;
  }
}

int bv_has_alpha(bv_image *image) { return vips_image_hasalpha(IMAGE(image)); }

int bv_orientation(bv_image *image) { return vips_image_get_orientation(IMAGE(image)); }

int bv_load(const char *loader, bv_source *source, bv_image **out) {
  return vips_call(
      loader, (VipsSource *) source, OUT(out), "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,
      NULL);
}

// To a file where there is a path, to memory otherwise, with the same options.
#define SAVE(NAME, ...)                                                                       \
  (path != NULL ? vips_##NAME##save(IMAGE(image), path, __VA_ARGS__, NULL)                    \
                : vips_##NAME##save_buffer(IMAGE(image), bytes, count, __VA_ARGS__, NULL))

int bv_save(int kind, bv_image *image, bv_save_options options, const char *path, void **bytes, size_t *count) {
  switch (kind) {
    case BV_KIND_JPEG:
      return SAVE(jpeg, "Q", options.quality, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, "optimize_coding", TRUE,
          "strip", options.strip != 0);
    case BV_KIND_PNG: return SAVE(png, "compression", options.compression);
    case BV_KIND_WEBP:
      return SAVE(webp, "Q", options.quality, "lossless", options.lossless != 0, "smart_subsample", TRUE);
    case BV_KIND_TIFF:
      return SAVE(
          tiff, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
          VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "bigtiff", options.bigtiff != 0);
    case BV_KIND_HEIC:
    case BV_KIND_AVIF:
      return SAVE(
          heif, "Q", options.quality, "bitdepth", options.bits, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF,
          "compression",
          kind == BV_KIND_AVIF ? VIPS_FOREIGN_HEIF_COMPRESSION_AV1 : VIPS_FOREIGN_HEIF_COMPRESSION_HEVC);
    default: vips_error("burnish", "no saver of kind %d", kind); return -1;
  }
}

// From planes

typedef struct {
  const float *colour;
  const float *alpha;
  int width;
  int height;
  int channels;
  int flatten;
  float white;
} planes;

static inline float clamped(float value) {
  // Written so that a NaN becomes 0.
  return value > 0.0f ? (value < 1.0f ? value : 1.0f) : 0.0f;
}

static inline float sample_at(const planes *p, int channel, size_t at) {
  size_t plane = (size_t) p->width * (size_t) p->height;
  float value;
  if (p->channels == 0) {
    value = p->alpha[at];
  } else if (p->channels == 1) {
    // Luma of ITU-R BT.709; written around green so that equal channels come back untouched.
    float r = p->colour[at], g = p->colour[plane + at], b = p->colour[2 * plane + at];
    value = g + 0.2126f * (r - g) + 0.0722f * (b - g);
  } else {
    value = p->colour[(size_t) channel * plane + at];
  }
  value = clamped(value);
  if (p->flatten) {
    float opacity = clamped(p->alpha[at]);
    value = value * opacity + (1.0f - opacity);
  }
  return value;
}

static int planes_generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop) {
  const planes *p = a;
  VipsRect area = out->valid;
  int bands = p->channels == 0 ? 1 : p->channels;
  (void) sequence;
  (void) b;
  (void) stop;
  for (int y = 0; y < area.height; y++) {
    size_t start = (size_t) (area.top + y) * (size_t) p->width + (size_t) area.left;
    VipsPel *line = VIPS_REGION_ADDR(out, area.left, area.top + y);
    for (int channel = 0; channel < bands; channel++) {
      if (p->white > 255.0f) {
        uint16_t *q = (uint16_t *) line + channel;
        for (int x = 0; x < area.width; x++)
          q[x * bands] = (uint16_t) (sample_at(p, channel, start + (size_t) x) * p->white + 0.5f);
      } else {
        uint8_t *q = (uint8_t *) line + channel;
        for (int x = 0; x < area.width; x++)
          q[x * bands] = (uint8_t) (sample_at(p, channel, start + (size_t) x) * p->white + 0.5f);
      }
    }
  }
  return 0;
}

int bv_from_planes(
    const float *colour, const float *alpha, int width, int height, int channels, int bits, int flatten,
    bv_image **out) {
  VipsImage *image = vips_image_new();
  planes *p = VIPS_NEW(VIPS_OBJECT(image), planes);
  if (p == NULL) {
    g_object_unref(image);
    return -1;
  }
  *p = (planes) {colour, alpha, width, height, channels, flatten, bits == 16 ? 65535.0f : 255.0f};
  VipsInterpretation space = channels == 3 ? (bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB)
                                           : (bits == 16 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W);
  vips_image_init_fields(
      image, width, height, channels == 0 ? 1 : channels, bits == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR,
      VIPS_CODING_NONE, space, 1.0, 1.0);
  if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, NULL) != 0 ||
      vips_image_generate(image, NULL, planes_generate, NULL, p, NULL) != 0) {
    g_object_unref(image);
    return -1;
  }
  *OUT(out) = image;
  return 0;
}

int bv_from_memory(const void *samples, int width, int height, int bands, int bits, bv_image **out) {
  VipsBandFormat format = bits == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
  size_t size = (size_t) width * (size_t) height * (size_t) bands * (bits == 16 ? 2 : 1);
  VipsImage *bare = vips_image_new_from_memory(samples, size, width, height, bands, format);
  if (bare == NULL) return -1;
  VipsInterpretation space = bands >= 3 ? (bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB)
                                        : (bits == 16 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W);
  int status = vips_copy(bare, OUT(out), "interpretation", space, NULL);
  g_object_unref(bare);
  return status;
}

int bv_all_finite(const float *samples, size_t count) {
  // NaN and infinity are the numbers whose exponent bits are all set (IEEE 754); an integer test runs vectorised.
  uint32_t found = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, samples + i, sizeof bits);
    found |= (bits & 0x7F800000u) == 0x7F800000u;
  }
  return found == 0;
}

// To planes

typedef struct {
  float *colour;
  float *alpha;
  uint8_t *rgb;
  float white;
  float alpha_white;
} reading;

// Calls `BODY` with `line` pointing at the samples of each row, `at` at its first pixel.
#define FOR_LINES(TYPE, BODY)                                                                      \
  for (int y = 0; y < area->height; y++) {                                                         \
    const TYPE *line = (const TYPE *) VIPS_REGION_ADDR(region, area->left, area->top + y);         \
    size_t at = (size_t) (area->top + y) * width + (size_t) area->left;                            \
    for (int x = 0; x < area->width; x++, line += bands, at++) BODY                                \
  }

// Computes strip by strip on the calling thread. The sinks of libvips spread the work over threads, but (8.14.1) lose an
// error of the last strips now and then, and a damaged file comes back black; decoders use one thread in any case.
typedef void (*strip_reader)(VipsRegion *region, const VipsRect *area, void *a);

static int for_strips(VipsImage *image, strip_reader read, void *a) {
  const int rows = 64;
  VipsRegion *region = vips_region_new(image);
  if (region == NULL) return -1;
  int status = 0;
  for (int top = 0; top < image->Ysize && status == 0; top += rows) {
    VipsRect area = {0, top, image->Xsize, VIPS_MIN(rows, image->Ysize - top)};
    status = vips_region_prepare(region, &area);
    if (status == 0) read(region, &area, a);
  }
  g_object_unref(region);
  return status;
}

static void read_planes_area(VipsRegion *region, const VipsRect *area, void *a) {
  const reading *r = a;
  VipsImage *image = region->im;
  int bands = image->Bands;
  size_t width = (size_t) image->Xsize;
  size_t plane = width * (size_t) image->Ysize;
  int green = bands >= 3 ? 1 : 0;
  int blue = bands >= 3 ? 2 : 0;
  int last = bands - 1;
#define STORE_PLANES                                           \
  {                                                            \
    r->colour[at] = fminf(line[0] / r->white, 1.0f);             \
    r->colour[plane + at] = fminf(line[green] / r->white, 1.0f); \
    r->colour[2 * plane + at] = fminf(line[blue] / r->white, 1.0f); \
    if (r->alpha != NULL) r->alpha[at] = fminf(line[last] / r->alpha_white, 1.0f); \
  }
  if (image->BandFmt == VIPS_FORMAT_USHORT)
    FOR_LINES(uint16_t, STORE_PLANES)
  else
    FOR_LINES(uint8_t, STORE_PLANES)
}

static inline uint8_t rounded8(float value) { return (uint8_t) (fminf(value, 1.0f) * 255.0f + 0.5f); }

static void read_rgb8_area(VipsRegion *region, const VipsRect *area, void *a) {
  const reading *r = a;
  VipsImage *image = region->im;
  int bands = image->Bands;
  size_t width = (size_t) image->Xsize;
  int green = bands >= 3 ? 1 : 0;
  int blue = bands >= 3 ? 2 : 0;
  int last = bands - 1;
  int alpha = bands == 2 || bands == 4;
#define STORE_RGB8                                                                   \
  {                                                                                  \
    float opacity = alpha ? fminf(line[last] / r->alpha_white, 1.0f) : 1.0f;         \
    float ground = 1.0f - opacity;                                                   \
    uint8_t *q = r->rgb + 3 * at;                                                    \
    q[0] = rounded8(fminf(line[0] / r->white, 1.0f) * opacity + ground);             \
    q[1] = rounded8(fminf(line[green] / r->white, 1.0f) * opacity + ground);         \
    q[2] = rounded8(fminf(line[blue] / r->white, 1.0f) * opacity + ground);          \
  }
  if (image->BandFmt == VIPS_FORMAT_USHORT)
    FOR_LINES(uint16_t, STORE_RGB8)
  else
    FOR_LINES(uint8_t, STORE_RGB8)
}

static int readable(bv_image *image) {
  int format = bv_format(image), bands = bv_bands(image);
  if ((format == BV_FORMAT_UINT8 || format == BV_FORMAT_UINT16) && bands >= 1 && bands <= 4) return 1;
  vips_error("burnish", "cannot read %d bands of format %d", bands, format);
  return 0;
}

int bv_read_planes(bv_image *image, float *colour, float *alpha, float white, float alpha_white) {
  if (!readable(image)) return -1;
  reading r = {colour, alpha, NULL, white, alpha_white};
  return for_strips(IMAGE(image), read_planes_area, &r);
}

int bv_read_rgb8(bv_image *image, uint8_t *rgb, float white, float alpha_white) {
  if (!readable(image)) return -1;
  reading r = {NULL, NULL, rgb, white, alpha_white};
  return for_strips(IMAGE(image), read_rgb8_area, &r);
}

// Operations

static void copy_area(VipsRegion *region, const VipsRect *area, void *a) {
  VipsImage *memory = a;
  for (int y = area->top; y < area->top + area->height; y++)
    memcpy(VIPS_IMAGE_ADDR(memory, 0, y), VIPS_REGION_ADDR(region, 0, y), VIPS_IMAGE_SIZEOF_LINE(memory));
}

int bv_copy_memory(bv_image *in, bv_image **out) {
  VipsImage *memory = vips_image_new_memory();
  if (vips_image_pipelinev(memory, VIPS_DEMAND_STYLE_ANY, IMAGE(in), NULL) != 0 ||
      vips_image_write_prepare(memory) != 0 || for_strips(IMAGE(in), copy_area, memory) != 0) {
    g_object_unref(memory);
    return -1;
  }
  *OUT(out) = memory;
  return 0;
}

int bv_autorot(bv_image *in, bv_image **out) { return vips_autorot(IMAGE(in), OUT(out), NULL); }

int bv_extract(bv_image *in, int first, int count, bv_image **out) {
  return vips_extract_band(IMAGE(in), OUT(out), first, "n", count, NULL);
}

int bv_join(bv_image *a, bv_image *b, bv_image **out) { return vips_bandjoin2(IMAGE(a), IMAGE(b), OUT(out), NULL); }

int bv_linear_cast(bv_image *in, double scale, double offset, int format, bv_image **out) {
  VipsImage *scaled = NULL;
  VipsBandFormat target = format == BV_FORMAT_UINT8    ? VIPS_FORMAT_UCHAR
                          : format == BV_FORMAT_UINT16 ? VIPS_FORMAT_USHORT
                          : format == BV_FORMAT_UINT32 ? VIPS_FORMAT_UINT
                                                       : VIPS_FORMAT_FLOAT;
  if (vips_linear1(IMAGE(in), &scaled, scale, offset, NULL) != 0) return -1;
  int status = vips_cast(scaled, OUT(out), target, NULL);
  g_object_unref(scaled);
  return status;
}

int bv_relabel(bv_image *in, int space, bv_image **out) {
  int deep = vips_image_get_format(IMAGE(in)) == VIPS_FORMAT_USHORT;
  VipsInterpretation meaning = VIPS_INTERPRETATION_MULTIBAND;
  switch (space) {
    case BV_SPACE_GREY: meaning = deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W; break;
    case BV_SPACE_RGB: meaning = deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB; break;
    case BV_SPACE_LINEAR_RGB: meaning = VIPS_INTERPRETATION_scRGB; break;
    case BV_SPACE_CMYK: meaning = VIPS_INTERPRETATION_CMYK; break;
    default: break;
  }
  return vips_copy(IMAGE(in), OUT(out), "interpretation", meaning, NULL);
}

int bv_to_srgb(bv_image *in, int bits, bv_image **out) {
  return vips_colourspace(
      IMAGE(in), OUT(out), bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, NULL);
}

int bv_icc(bv_image *in, const char *from, const char *to, int bits, bv_image **out) {
  return vips_icc_transform(
      IMAGE(in), OUT(out), to, "input_profile", from, "embedded", FALSE, "intent", VIPS_INTENT_PERCEPTUAL,
      "black_point_compensation", TRUE, "depth", bits, NULL);
}

int bv_builtin_profile(const char *name, void **bytes, size_t *count) {
  VipsBlob *blob = NULL;
  if (vips_profile_load(name, &blob, NULL) != 0 || blob == NULL) return -1;
  const void *data = vips_blob_get(blob, count);
  *bytes = g_malloc(*count);
  memcpy(*bytes, data, *count);
  vips_area_unref(VIPS_AREA(blob));
  return 0;
}

// Metadata

int bv_blob(bv_image *image, const char *name, const void **bytes, size_t *count) {
  if (vips_image_get_typeof(IMAGE(image), name) != VIPS_TYPE_BLOB) return -1;
  return vips_image_get_blob(IMAGE(image), name, bytes, count);
}

int bv_copy(bv_image *in, bv_image **out) { return vips_copy(IMAGE(in), OUT(out), NULL); }

void bv_set_blob(bv_image *image, const char *name, const void *bytes, size_t count) {
  vips_image_set_blob_copy(IMAGE(image), name, bytes, count);
}

void bv_set_string(bv_image *image, const char *name, const char *value) {
  vips_image_set_string(IMAGE(image), name, value);
}

void bv_set_int(bv_image *image, const char *name, int value) { vips_image_set_int(IMAGE(image), name, value); }

char *bv_string(bv_image *image, const char *name) {
  char *text = NULL;
  if (vips_image_get_typeof(IMAGE(image), name) == 0) return NULL;
  return vips_image_get_as_string(IMAGE(image), name, &text) == 0 ? text : NULL;
}

int bv_int(bv_image *image, const char *name, int fallback) {
  int value = fallback;
  if (vips_image_get_typeof(IMAGE(image), name) == 0) return fallback;
  return vips_image_get_int(IMAGE(image), name, &value) == 0 ? value : fallback;
}

void bv_remove(bv_image *image, const char *name) { vips_image_remove(IMAGE(image), name); }

void bv_set_resolution(bv_image *image, double x, double y) {
  IMAGE(image)->Xres = x;
  IMAGE(image)->Yres = y;
}

void bv_resolution(bv_image *image, double *x, double *y) {
  *x = vips_image_get_xres(IMAGE(image));
  *y = vips_image_get_yres(IMAGE(image));
}

typedef struct {
  VipsImage *to;
  const char *prefix;
  int count;
} field_copy;

static void *copy_field(VipsImage *image, const char *name, GValue *value, void *a) {
  field_copy *copy = a;
  (void) image;
  if (g_str_has_prefix(name, copy->prefix)) {
    vips_image_set(copy->to, name, value);
    copy->count++;
  }
  return NULL;
}

int bv_copy_fields(bv_image *from, bv_image *to, const char *prefix) {
  field_copy copy = {IMAGE(to), prefix, 0};
  vips_image_map(IMAGE(from), copy_field, &copy);
  return copy.count;
}

// JPEG round trip

int bv_jpeg_round_trip(const uint8_t *rgb, int width, int height, int quality, uint8_t *out) {
  size_t samples = (size_t) width * (size_t) height * 3;
  VipsImage *bare = vips_image_new_from_memory(rgb, samples, width, height, 3, VIPS_FORMAT_UCHAR);
  if (bare == NULL) return -1;
  VipsImage *image = NULL, *decoded = NULL;
  VipsRegion *region = NULL;
  void *bytes = NULL;
  size_t count = 0;
  int status = vips_copy(bare, &image, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
  if (status == 0) {
    // One worker: the caller has its own threads, and a crop is too small to share out.
    vips_image_set_int(image, VIPS_META_CONCURRENCY, 1);
    status = vips_jpegsave_buffer(
        image, &bytes, &count, "Q", quality, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, "strip", TRUE, NULL);
  }
  if (status == 0) status = vips_jpegload_buffer(bytes, count, &decoded, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
  if (status == 0) {
    region = vips_region_new(decoded);
    VipsRect all = {0, 0, width, height};
    status = region == NULL ? -1 : vips_region_prepare(region, &all);
  }
  if (status == 0)
    for (int y = 0; y < height; y++)
      memcpy(out + (size_t) y * (size_t) width * 3, VIPS_REGION_ADDR(region, 0, y), (size_t) width * 3);
  if (region != NULL) g_object_unref(region);
  if (decoded != NULL) g_object_unref(decoded);
  if (image != NULL) g_object_unref(image);
  g_object_unref(bare);
  g_free(bytes);
  return status;
}

#include "Shared.h"

#include <math.h>
#include <string.h>

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
  if (image->BandFmt == VIPS_FORMAT_UCHAR && bands == 3 && r->white == 255.0f) {
    for (int y = area->top; y < area->top + area->height; y++)
      memcpy(
          r->rgb + 3 * ((size_t) y * width + (size_t) area->left), VIPS_REGION_ADDR(region, area->left, y),
          3 * (size_t) area->width);
    return;
  }
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

// To memory

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

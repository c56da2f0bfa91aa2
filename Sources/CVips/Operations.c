#include "Shared.h"

#include <string.h>

// Operations

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

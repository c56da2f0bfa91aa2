#include "Shared.h"

#include <string.h>

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

#include "Shared.h"

#include <string.h>

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

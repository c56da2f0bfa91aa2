// The door, seen from plain C: the header must be C, and no exception may come through.
#include <CTorch.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed = 0, failed = 0;

static void expect(bool condition, const char *what) {
  if (condition) {
    ++passed;
  } else {
    ++failed;
    fprintf(stderr, "door-test: FAILED: %s (last error: %s)\n", what, ctorch_last_error());
  }
}

static int releases = 0;
static void count_release(void *context) { releases += *(int *)context; }

static ctorch_argument tensor_argument(ctorch_tensor tensor) {
  ctorch_argument argument = {.kind = CTORCH_TENSOR};
  argument.value.tensor = tensor;
  return argument;
}

static void test_call_with_default(void) {
  float values[] = {1, 2, 3};
  int64_t shape[] = {3};
  int one = 1;
  ctorch_tensor x = NULL, sum = NULL;
  expect(ctorch_tensor_wrap(values, shape, 1, CTORCH_FLOAT32, count_release, &one, &x) == CTORCH_OK, "wrap memory");
  ctorch_operator add = NULL;
  expect(ctorch_operator_find("aten::add", "Tensor", &add) == CTORCH_OK, "find aten::add.Tensor");
  ctorch_argument arguments[] = {tensor_argument(x), tensor_argument(x)};
  size_t count = 0;
  // alpha is missing: the schema's default, 1, is taken.
  expect(ctorch_operator_call(add, arguments, 2, &sum, 1, &count) == CTORCH_OK && count == 1, "call with a default");
  void *data = NULL;
  expect(ctorch_tensor_data(sum, &data) == CTORCH_OK && ((float *)data)[2] == 6.0f, "3 + 3 = 6");
  ctorch_tensor_free(sum);
  expect(releases == 0, "memory is held while a tensor looks at it");
  ctorch_tensor_free(x);
  expect(releases == 1, "memory is released once");
}

static void test_errors_have_codes(void) {
  ctorch_operator missing = NULL;
  expect(ctorch_operator_find("aten::no_such_operator", "", &missing) == CTORCH_ERROR, "an unknown operator is an error");
  expect(strstr(ctorch_last_error(), "no_such_operator") != NULL, "its message names it");
  ctorch_operator zeros = NULL;
  ctorch_operator_find("aten::zeros", "", &zeros);
  int64_t huge[] = {(int64_t)1 << 45};
  ctorch_argument argument = {.kind = CTORCH_INT_LIST, .count = 1};
  argument.value.integers = huge;
  ctorch_tensor out = NULL;
  size_t count = 0;
  expect(ctorch_operator_call(zeros, &argument, 1, &out, 1, &count) == CTORCH_OUT_OF_MEMORY, "too large an allocation is out of memory");
}

static void test_gradient(void) {
  float value = 3;
  ctorch_tensor x = NULL, y = NULL, gradient = NULL;
  ctorch_tensor_wrap(&value, NULL, 0, CTORCH_FLOAT32, NULL, NULL, &x);
  expect(ctorch_tensor_set_requires_grad(x, true) == CTORCH_OK, "ask for a gradient");
  ctorch_operator multiply = NULL;
  ctorch_operator_find("aten::mul", "Tensor", &multiply);
  ctorch_argument arguments[] = {tensor_argument(x), tensor_argument(x)};
  size_t count = 0;
  ctorch_operator_call(multiply, arguments, 2, &y, 1, &count);
  ctorch_tensor start = NULL;
  expect(ctorch_gradients(&y, &start, 1, &x, 1, false, false, false, &gradient) == CTORCH_OK, "take a gradient");
  void *data = NULL;
  ctorch_tensor_data(gradient, &data);
  expect(fabsf(*(float *)data - 6.0f) < 1e-6f, "d(x²)/dx at 3 is 6");
  ctorch_tensor_free(gradient);
  ctorch_tensor_free(y);
  ctorch_tensor_free(x);
}

static void test_generator(void) {
  ctorch_generator a = NULL, b = NULL;
  expect(ctorch_generator_make("cpu", 7, &a) == CTORCH_OK && ctorch_generator_make("cpu", 7, &b) == CTORCH_OK, "make generators");
  ctorch_operator randn = NULL;
  ctorch_operator_find("aten::randn", "generator", &randn);
  int64_t shape[] = {4};
  ctorch_argument arguments[2] = {{.kind = CTORCH_INT_LIST, .count = 1}, {.kind = CTORCH_GENERATOR}};
  arguments[0].value.integers = shape;
  ctorch_tensor x = NULL, y = NULL;
  size_t count = 0;
  arguments[1].value.generator = a;
  ctorch_operator_call(randn, arguments, 2, &x, 1, &count);
  arguments[1].value.generator = b;
  ctorch_operator_call(randn, arguments, 2, &y, 1, &count);
  void *p = NULL, *q = NULL;
  ctorch_tensor_data(x, &p);
  ctorch_tensor_data(y, &q);
  expect(memcmp(p, q, 4 * sizeof(float)) == 0, "the same seed gives the same draws");
  ctorch_tensor_free(x);
  ctorch_tensor_free(y);
  ctorch_generator_free(a);
  ctorch_generator_free(b);
}

int main(void) {
  test_call_with_default();
  test_errors_have_codes();
  test_gradient();
  test_generator();
  expect(strcmp(ctorch_compiled_version(), ctorch_running_version()) == 0, "compiled against and running on the same version");
  printf("door: %d passed, %d failed\n", passed, failed);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

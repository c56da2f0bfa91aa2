// The one door to libtorch. Plain C: no C++ type and no exception crosses it.
//
// Every function that can fail answers a status; `ctorch_last_error()` then holds the message (of this thread).
// Handles that a function gives out belong to the caller, who frees tensors and generators; operators live as long
// as the program.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor_s *ctorch_tensor;
typedef struct ctorch_generator_s *ctorch_generator;
typedef const struct ctorch_operator_s *ctorch_operator;

typedef enum ctorch_status {
  CTORCH_OK = 0,
  CTORCH_OUT_OF_MEMORY = 1,
  CTORCH_ERROR = 2,         // an error that libtorch raised
  CTORCH_CPP_ERROR = 3,     // another C++ exception
  CTORCH_UNKNOWN_ERROR = 4,
} ctorch_status;

// The message of this thread's last failure; valid until the next failure on the same thread.
const char *ctorch_last_error(void);

// ---- Arguments -----------------------------------------------------------------------------------------------

typedef enum ctorch_kind {
  CTORCH_DEFAULT = 0,       // the default that the operator's schema states
  CTORCH_NONE = 1,
  CTORCH_TENSOR = 2,        // a null handle is the undefined tensor
  CTORCH_INT = 3,
  CTORCH_DOUBLE = 4,
  CTORCH_BOOL = 5,
  CTORCH_STRING = 6,
  CTORCH_INT_LIST = 7,
  CTORCH_DOUBLE_LIST = 8,
  CTORCH_TENSOR_LIST = 9,   // where the schema says Tensor?[], a null handle is None
  CTORCH_DTYPE = 10,        // in `integer`: a ctorch_dtype
  CTORCH_DEVICE = 11,       // in `string`: "cpu", "cuda:0", "mps", "meta"
  CTORCH_GENERATOR = 12,
  CTORCH_BOOL_LIST = 13,    // `bools`, one byte each
} ctorch_kind;

typedef struct ctorch_argument {
  ctorch_kind kind;
  int64_t count;            // of the lists
  union {
    ctorch_tensor tensor;
    int64_t integer;
    double real;
    const char *string;
    const int64_t *integers;
    const double *reals;
    const uint8_t *bools;
    const ctorch_tensor *tensors;
    ctorch_generator generator;
  } value;
} ctorch_argument;

// PyTorch's own numbering (c10/core/ScalarType.h).
typedef enum ctorch_dtype {
  CTORCH_UINT8 = 0,
  CTORCH_INT8 = 1,
  CTORCH_INT16 = 2,
  CTORCH_INT32 = 3,
  CTORCH_INT64 = 4,
  CTORCH_FLOAT16 = 5,
  CTORCH_FLOAT32 = 6,
  CTORCH_FLOAT64 = 7,
  CTORCH_BOOL8 = 11,
  CTORCH_BFLOAT16 = 15,
} ctorch_dtype;

// ---- Operators -----------------------------------------------------------------------------------------------

// Looks an operator up by its schema name ("aten::add", "Tensor").
ctorch_status ctorch_operator_find(const char *name, const char *overload, ctorch_operator *out);

// The operator's schema as text. The text is valid until this thread asks again.
ctorch_status ctorch_operator_schema(ctorch_operator op, const char **out);

// Calls an operator through the dispatcher. Arguments stand in the order of the schema; missing trailing ones take
// the schema's defaults. Results that are tensors, and the elements of tensor lists, are given out in order; a
// result of another type is an error. `result_count` says how many there were; at most `capacity` are written.
ctorch_status ctorch_operator_call(ctorch_operator op, const ctorch_argument *arguments, size_t argument_count,
                                   ctorch_tensor *results, size_t capacity, size_t *result_count);

// ---- Tensors -------------------------------------------------------------------------------------------------

// Wraps memory of the caller without a copy; `release(context)` is called once, when the last view of it is gone,
// and also when this function fails.
ctorch_status ctorch_tensor_wrap(void *data, const int64_t *shape, size_t dimensions, ctorch_dtype dtype,
                                 void (*release)(void *context), void *context, ctorch_tensor *out);
void ctorch_tensor_free(ctorch_tensor tensor);
// Another handle on the same tensor.
ctorch_status ctorch_tensor_retain(ctorch_tensor tensor, ctorch_tensor *out);

int64_t ctorch_tensor_dimensions(ctorch_tensor tensor);
// Writes as many sizes (or strides, in elements) as the tensor has dimensions.
ctorch_status ctorch_tensor_shape(ctorch_tensor tensor, int64_t *out);
ctorch_status ctorch_tensor_strides(ctorch_tensor tensor, int64_t *out);
int64_t ctorch_tensor_dtype(ctorch_tensor tensor);
// "cpu", "cuda:0", …; the text is valid until this thread asks again.
const char *ctorch_tensor_device(ctorch_tensor tensor);
bool ctorch_tensor_is_contiguous(ctorch_tensor tensor);
bool ctorch_tensor_is_channels_last(ctorch_tensor tensor);
// The first element of a CPU tensor; null on other devices.
ctorch_status ctorch_tensor_data(ctorch_tensor tensor, void **out);
// How often the memory was written in place through this tensor, its views and the tensor that it is a view of.
ctorch_status ctorch_tensor_version(ctorch_tensor tensor, int64_t *out);
// True when both look at the same first element.
bool ctorch_tensor_shares_memory(ctorch_tensor a, ctorch_tensor b);

// ---- Autograd ------------------------------------------------------------------------------------------------

ctorch_status ctorch_tensor_set_requires_grad(ctorch_tensor tensor, bool value);
bool ctorch_tensor_requires_grad(ctorch_tensor tensor);
// Gradient recording of this thread. Answers the former state.
bool ctorch_set_grad_enabled(bool value);
bool ctorch_grad_enabled(void);
// d outputs / d inputs, with `output_gradients` (each may be null: ones, for a scalar) as the chain's start.
// `gradients` has room for `input_count`; an input that was not reached gives null when `allow_unused`, else an error.
ctorch_status ctorch_gradients(const ctorch_tensor *outputs, const ctorch_tensor *output_gradients, size_t output_count,
                               const ctorch_tensor *inputs, size_t input_count, bool retain_graph, bool create_graph,
                               bool allow_unused, ctorch_tensor *gradients);

// Between begin and end, what this thread's operations would keep for the backward pass is dropped. When the backward
// pass asks for it, `run(context)` has to do the same operations again, with gradients recorded, maybe on another thread;
// its answer other than CTORCH_OK (with a message of this library) ends the backward pass. `release(context)` is called
// once, when nothing can ask any more, and also when begin fails. Calls may be nested.
ctorch_status ctorch_recompute_begin(ctorch_status (*run)(void *context), void (*release)(void *context), void *context);
void ctorch_recompute_end(void);
// Whether this thread wants work to be recomputed, for those who call begin to look at. Answers the former state.
bool ctorch_set_recompute_enabled(bool value);
bool ctorch_recompute_enabled(void);

// ---- Random generators ---------------------------------------------------------------------------------------

ctorch_status ctorch_generator_make(const char *device, uint64_t seed, ctorch_generator *out);
void ctorch_generator_free(ctorch_generator generator);
// The whole state as a byte tensor, and back.
ctorch_status ctorch_generator_state(ctorch_generator generator, ctorch_tensor *out);
ctorch_status ctorch_generator_set_state(ctorch_generator generator, ctorch_tensor state);

// ---- Several processes ---------------------------------------------------------------------------------------

typedef struct ctorch_group_s *ctorch_group;

// Joins the processes of a run through a key-value store that one of them, or the launcher, serves at `host` and `port`;
// what they write there begins with `prefix`. `patience` is how long to wait for the others to come, `timeout` how long for
// their part in what is done together, both in milliseconds. The group works on CPU tensors, with Gloo.
ctorch_status ctorch_group_join(const char *host, uint16_t port, bool serves, const char *prefix, int64_t rank, int64_t size,
                                int64_t patience, int64_t timeout, ctorch_group *out);
void ctorch_group_free(ctorch_group group);
// These are called by all processes in the same order, with tensors of the same shape and type, which are contiguous.
// The sum over all processes, in place; the same bits in each.
ctorch_status ctorch_group_sum(ctorch_group group, ctorch_tensor tensor);
// The tensor of process `root`, in place.
ctorch_status ctorch_group_broadcast(ctorch_group group, ctorch_tensor tensor, int64_t root);
// Waits until all have come here.
ctorch_status ctorch_group_barrier(ctorch_group group);

// ---- Machine -------------------------------------------------------------------------------------------------

typedef struct ctorch_memory {
  int64_t allocated;   // bytes in tensors now
  int64_t peak;        // the largest `allocated` since the last reset
  int64_t reserved;    // bytes held by the caching allocator
  int64_t free_bytes;  // as the device's driver says
  int64_t total_bytes;
} ctorch_memory;

// Statistics of a device with a caching allocator (CUDA); an error for the CPU, whose figures the system has.
ctorch_status ctorch_memory_statistics(const char *device, ctorch_memory *out);
ctorch_status ctorch_memory_reset_peak(const char *device);
// Gives unused cached memory back to the system; for the CPU, trims the heap.
ctorch_status ctorch_memory_release(const char *device);

// Blocks of main memory of this size and more get pages of their own, which go back to the system as soon as a block is
// freed. False where the C library has no such setting, or for sizes beyond 32 MiB.
bool ctorch_memory_separate_blocks(int64_t bytes);
int64_t ctorch_thread_count(void);
ctorch_status ctorch_set_thread_count(int64_t count);

// Number of devices of a kind ("cuda", "mps"); 0 when libtorch or the machine has none.
int64_t ctorch_device_count(const char *kind);
// Waits until the device has done all work given to it.
ctorch_status ctorch_synchronize(const char *device);

// "2.13.0": of the headers this door was compiled with, and of the library it runs on.
const char *ctorch_compiled_version(void);
const char *ctorch_running_version(void);
// The vector instructions that libtorch's kernels use here: "AVX512", "AVX2", "DEFAULT", …
const char *ctorch_cpu_capability(void);
// libtorch's own description of how it was built.
const char *ctorch_build_description(void);

#ifdef __cplusplus
}
#endif

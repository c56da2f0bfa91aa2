#include "Door.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/version.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

ctorch_tensor give(at::Tensor tensor) { return new ctorch_tensor_s{std::move(tensor)}; }

at::Tensor take(ctorch_tensor tensor) { return tensor ? tensor->value : at::Tensor(); }

// Schemas ask for float where callers naturally write whole numbers, and for optional types around either.
bool wants_float(const c10::TypePtr &type) {
  if (type->kind() == c10::TypeKind::FloatType) return true;
  if (auto optional = type->cast<c10::OptionalType>()) return wants_float(optional->getElementType());
  return false;
}

bool wants_optional_elements(const c10::TypePtr &type) {
  auto list = type->cast<c10::ListType>();
  return list && list->getElementType()->kind() == c10::TypeKind::OptionalType;
}

c10::IValue convert(const ctorch_argument &argument, const c10::Argument &schema) {
  const auto &value = argument.value;
  const auto count = static_cast<size_t>(argument.count);
  switch (argument.kind) {
  case CTORCH_DEFAULT:
    TORCH_CHECK(schema.default_value().has_value(), "argument '", schema.name(), "' has no default");
    return *schema.default_value();
  case CTORCH_NONE:
    return c10::IValue();
  case CTORCH_TENSOR:
    return take(value.tensor);
  case CTORCH_INT:
  case CTORCH_DTYPE:
    if (wants_float(schema.type())) return static_cast<double>(value.integer);
    return value.integer;
  case CTORCH_DOUBLE:
    return value.real;
  case CTORCH_BOOL:
    return value.integer != 0;
  case CTORCH_STRING:
    return std::string(value.string);
  case CTORCH_DEVICE:
    return c10::Device(std::string(value.string));
  case CTORCH_GENERATOR:
    return value.generator ? c10::IValue(value.generator->value) : c10::IValue();
  case CTORCH_INT_LIST:
    return c10::IValue(std::vector<int64_t>(value.integers, value.integers + count));
  case CTORCH_DOUBLE_LIST:
    return c10::IValue(std::vector<double>(value.reals, value.reals + count));
  case CTORCH_BOOL_LIST: {
    c10::List<bool> list;
    for (size_t i = 0; i < count; ++i) list.push_back(value.bools[i] != 0);
    return list;
  }
  case CTORCH_TENSOR_LIST: {
    if (wants_optional_elements(schema.type())) {
      c10::List<std::optional<at::Tensor>> list;
      for (size_t i = 0; i < count; ++i)
        list.push_back(value.tensors[i] ? std::optional<at::Tensor>(value.tensors[i]->value) : std::nullopt);
      return list;
    }
    c10::List<at::Tensor> list;
    list.reserve(count);
    for (size_t i = 0; i < count; ++i) list.push_back(take(value.tensors[i]));
    return list;
  }
  }
  TORCH_CHECK(false, "argument '", schema.name(), "' has the unknown kind ", static_cast<int>(argument.kind));
}

struct Results {
  ctorch_tensor *out;
  size_t capacity;
  size_t count = 0;

  void add(const at::Tensor &tensor) {
    if (count < capacity) out[count] = give(tensor);
    ++count;
  }
};

c10::DeviceAllocator *allocator(const c10::Device &device) { return c10::getDeviceAllocator(device.type()); }

} // namespace

extern "C" {

const char *ctorch_last_error(void) { return last_error.c_str(); }

ctorch_status ctorch_operator_find(const char *name, const char *overload, ctorch_operator *out) {
  return guarded([&] { *out = new ctorch_operator_s{c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)}; });
}

ctorch_status ctorch_operator_schema(ctorch_operator op, const char **out) {
  return guarded([&] {
    thread_local std::string text;
    text = c10::toString(op->handle.schema());
    *out = text.c_str();
  });
}

ctorch_status ctorch_operator_call(ctorch_operator op, const ctorch_argument *arguments, size_t argument_count,
                                   ctorch_tensor *results, size_t capacity, size_t *result_count) {
  return guarded([&] {
    const auto &schema = op->handle.schema().arguments();
    TORCH_CHECK(argument_count <= schema.size(), op->handle.schema().name(), " takes ", schema.size(), " arguments, got ", argument_count);
    torch::jit::Stack stack;
    stack.reserve(schema.size());
    for (size_t i = 0; i < schema.size(); ++i) {
      if (i < argument_count) {
        stack.push_back(convert(arguments[i], schema[i]));
      } else {
        TORCH_CHECK(schema[i].default_value().has_value(), op->handle.schema().name(), ": argument '", schema[i].name(),
                    "' is missing and has no default");
        stack.push_back(*schema[i].default_value());
      }
    }
    op->handle.callBoxed(stack);
    Results collected{results, capacity};
    for (const auto &value : stack) {
      if (value.isTensor()) {
        collected.add(value.toTensor());
      } else if (value.isTensorList()) {
        for (const at::Tensor &tensor : value.toTensorVector()) collected.add(tensor);
      } else {
        TORCH_CHECK(false, op->handle.schema().name(), " answered a ", value.tagKind(), ", and only tensors pass the door");
      }
    }
    *result_count = collected.count;
  });
}

ctorch_status ctorch_tensor_wrap(void *data, const int64_t *shape, size_t dimensions, ctorch_dtype dtype,
                                 void (*release)(void *context), void *context, ctorch_tensor *out) {
  bool adopted = false;
  auto status = guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
    auto deleter = [release, context](void *) {
      if (release) release(context);
    };
    auto tensor = at::from_blob(data, at::IntArrayRef(shape, dimensions), deleter, options);
    adopted = true;
    *out = give(std::move(tensor));
  });
  if (status != CTORCH_OK && !adopted && release) release(context);
  return status;
}

void ctorch_tensor_free(ctorch_tensor tensor) { delete tensor; }

ctorch_status ctorch_tensor_retain(ctorch_tensor tensor, ctorch_tensor *out) {
  return guarded([&] { *out = give(tensor->value); });
}

int64_t ctorch_tensor_dimensions(ctorch_tensor tensor) { return tensor->value.dim(); }

ctorch_status ctorch_tensor_shape(ctorch_tensor tensor, int64_t *out) {
  return guarded([&] {
    for (auto size : tensor->value.sizes()) *out++ = size;
  });
}

ctorch_status ctorch_tensor_strides(ctorch_tensor tensor, int64_t *out) {
  return guarded([&] {
    for (auto stride : tensor->value.strides()) *out++ = stride;
  });
}

int64_t ctorch_tensor_dtype(ctorch_tensor tensor) { return static_cast<int64_t>(tensor->value.scalar_type()); }

const char *ctorch_tensor_device(ctorch_tensor tensor) {
  thread_local std::string text;
  text = tensor->value.device().str();
  return text.c_str();
}

bool ctorch_tensor_is_contiguous(ctorch_tensor tensor) {
  return tensor->value.layout() == at::kStrided && tensor->value.is_contiguous();
}

bool ctorch_tensor_is_channels_last(ctorch_tensor tensor) {
  const auto &value = tensor->value;
  return value.layout() == at::kStrided && value.dim() == 4 && value.is_contiguous(at::MemoryFormat::ChannelsLast);
}

ctorch_status ctorch_tensor_data(ctorch_tensor tensor, void **out) {
  return guarded([&] { *out = tensor->value.device().is_cpu() ? tensor->value.data_ptr() : nullptr; });
}

ctorch_status ctorch_tensor_version(ctorch_tensor tensor, int64_t *out) {
  return guarded([&] { *out = static_cast<int64_t>(tensor->value._version()); });
}

bool ctorch_tensor_shares_memory(ctorch_tensor a, ctorch_tensor b) {
  return a->value.has_storage() && b->value.has_storage() && a->value.data_ptr() == b->value.data_ptr();
}

ctorch_status ctorch_tensor_set_requires_grad(ctorch_tensor tensor, bool value) {
  return guarded([&] {
    // libtorch itself passes over this in silence.
    TORCH_CHECK(value || tensor->value.is_leaf(), "only a leaf can stop asking for gradients; detach the tensor instead");
    tensor->value.set_requires_grad(value);
  });
}

bool ctorch_tensor_requires_grad(ctorch_tensor tensor) { return tensor->value.requires_grad(); }

bool ctorch_set_grad_enabled(bool value) {
  bool former = at::GradMode::is_enabled();
  at::GradMode::set_enabled(value);
  return former;
}

bool ctorch_grad_enabled(void) { return at::GradMode::is_enabled(); }

ctorch_status ctorch_gradients(const ctorch_tensor *outputs, const ctorch_tensor *output_gradients, size_t output_count,
                               const ctorch_tensor *inputs, size_t input_count, bool retain_graph, bool create_graph,
                               bool allow_unused, ctorch_tensor *gradients) {
  return guarded([&] {
    std::vector<at::Tensor> from, start, to;
    for (size_t i = 0; i < output_count; ++i) {
      from.push_back(outputs[i]->value);
      start.push_back(take(output_gradients[i]));
    }
    for (size_t i = 0; i < input_count; ++i) to.push_back(inputs[i]->value);
    auto found = torch::autograd::grad(from, to, start, retain_graph, create_graph, allow_unused);
    for (size_t i = 0; i < input_count; ++i) gradients[i] = found[i].defined() ? give(found[i]) : nullptr;
  });
}

// ---- Recomputation ----

namespace {

thread_local bool recompute_enabled = false;

// A stretch of operations that can be done again, and what the second time kept.
struct Stretch {
  ctorch_status (*run)(void *);
  void (*release)(void *);
  void *context;
  size_t dropped = 0;
  std::vector<at::Tensor> kept;

  ~Stretch() { release(context); }
  void run_again();
  at::Tensor take(size_t index);
};

struct Frame {
  std::shared_ptr<Stretch> stretch;
  bool keeps;
};
thread_local std::vector<Frame> frames;

struct Dropping : torch::autograd::SavedVariableHooks {
  std::shared_ptr<Stretch> stretch;
  size_t index = 0;
  explicit Dropping(std::shared_ptr<Stretch> stretch) : stretch(std::move(stretch)) {}
  void call_pack_hook(const at::Tensor &) override { index = stretch->dropped++; }
  at::Tensor call_unpack_hook() override { return stretch->take(index); }
};

// The second time's own graph is never walked: only what it would keep is wanted.
struct Keeping : torch::autograd::SavedVariableHooks {
  std::shared_ptr<Stretch> stretch;
  explicit Keeping(std::shared_ptr<Stretch> stretch) : stretch(std::move(stretch)) {}
  void call_pack_hook(const at::Tensor &tensor) override { stretch->kept.push_back(tensor.detach()); }
  at::Tensor call_unpack_hook() override { TORCH_CHECK(false, "a recomputed stretch was asked for its own backward pass"); }
};

void Stretch::run_again() {
  kept.clear();
  // The frame's owner is elsewhere, and lives as long as this call does.
  frames.push_back({std::shared_ptr<Stretch>(std::shared_ptr<Stretch>(), this), true});
  const bool former = recompute_enabled;
  recompute_enabled = true;
  at::AutoGradMode recorded(true);
  const ctorch_status status = run(context);
  recompute_enabled = former;
  frames.pop_back();
  TORCH_CHECK(status == CTORCH_OK, last_error);
  TORCH_CHECK(kept.size() == dropped, "recomputing for the backward pass: the second time kept ", kept.size(),
              " tensors and the first ", dropped, "; the work must not depend on what changes in between");
}

at::Tensor Stretch::take(size_t index) {
  if (index >= kept.size() || !kept[index].defined()) run_again();
  return std::move(kept[index]);
}

// libtorch asks its engine for hooks on what is saved; only Python's engine has any.
struct HookedEngine : torch::autograd::Engine {
  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    if (frames.empty()) return nullptr;
    const Frame &frame = frames.back();
    if (frame.keeps) return std::make_unique<Keeping>(frame.stretch);
    return std::make_unique<Dropping>(frame.stretch);
  }
};

torch::autograd::Engine &hooked_engine() {
  // Never destroyed: its threads may outlive everything else.
  static HookedEngine *engine = new HookedEngine();
  return *engine;
}

}  // namespace

ctorch_status ctorch_recompute_begin(ctorch_status (*run)(void *context), void (*release)(void *context), void *context) {
  return guarded([&] {
    auto stretch = std::shared_ptr<Stretch>(new Stretch{run, release, context});
    static const bool installed = (torch::autograd::set_default_engine_stub(hooked_engine), true);
    (void)installed;
    frames.push_back({std::move(stretch), false});
  });
}

void ctorch_recompute_end(void) { frames.pop_back(); }

bool ctorch_set_recompute_enabled(bool value) { return std::exchange(recompute_enabled, value); }

bool ctorch_recompute_enabled(void) { return recompute_enabled; }

ctorch_status ctorch_generator_make(const char *device, uint64_t seed, ctorch_generator *out) {
  return guarded([&] {
    c10::Device place{std::string(device)};
    auto generator = at::globalContext().defaultGenerator(place).clone();
    generator.set_current_seed(seed);
    *out = new ctorch_generator_s{std::move(generator)};
  });
}

void ctorch_generator_free(ctorch_generator generator) { delete generator; }

ctorch_status ctorch_generator_state(ctorch_generator generator, ctorch_tensor *out) {
  return guarded([&] { *out = give(generator->value.get_state()); });
}

ctorch_status ctorch_generator_set_state(ctorch_generator generator, ctorch_tensor state) {
  return guarded([&] { generator->value.set_state(state->value); });
}

ctorch_status ctorch_memory_statistics(const char *device, ctorch_memory *out) {
  return guarded([&] {
    c10::Device place{std::string(device)};
    auto *source = allocator(place);
    const auto index = place.has_index() ? place.index() : c10::DeviceIndex(0);
    // Index 0 of the statistics is the sum over pools (c10::CachingAllocator::StatType::AGGREGATE).
    const auto statistics = source->getDeviceStats(index);
    const auto driver = source->getMemoryInfo(index);
    *out = ctorch_memory{statistics.allocated_bytes[0].current, statistics.allocated_bytes[0].peak, statistics.reserved_bytes[0].current,
                         static_cast<int64_t>(driver.first), static_cast<int64_t>(driver.second)};
  });
}

ctorch_status ctorch_memory_reset_peak(const char *device) {
  return guarded([&] {
    c10::Device place{std::string(device)};
    allocator(place)->resetPeakStats(place.has_index() ? place.index() : c10::DeviceIndex(0));
  });
}

ctorch_status ctorch_memory_release(const char *device) {
  return guarded([&] {
    c10::Device place{std::string(device)};
    if (place.is_cpu()) {
#ifdef __GLIBC__
      malloc_trim(0);
#endif
      return;
    }
    allocator(place)->emptyCache();
  });
}

bool ctorch_memory_separate_blocks(int64_t bytes) {
#ifdef __GLIBC__
  // Either setting ends glibc's own adjustment of both.
  return bytes > 0 && bytes <= 32 * 1024 * 1024 && mallopt(M_MMAP_THRESHOLD, static_cast<int>(bytes)) == 1
         && mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024) == 1;
#else
  return false;
#endif
}

int64_t ctorch_thread_count(void) { return at::get_num_threads(); }

ctorch_status ctorch_set_thread_count(int64_t count) {
  return guarded([&] { at::set_num_threads(static_cast<int>(count)); });
}

int64_t ctorch_device_count(const char *kind) {
  int64_t count = 0;
  guarded([&] {
    const std::string name(kind);
    if (name == "cuda" && at::hasCUDA()) count = at::detail::getCUDAHooks().deviceCount();
    if (name == "mps" && at::hasMPS()) count = 1;
  });
  return count;
}

ctorch_status ctorch_synchronize(const char *device) {
  return guarded([&] {
    c10::Device place{std::string(device)};
    if (place.is_cpu()) return;
    c10::impl::VirtualGuardImpl guard(place.type());
    guard.synchronizeDevice(place.has_index() ? place.index() : c10::DeviceIndex(0));
  });
}

const char *ctorch_compiled_version(void) { return TORCH_VERSION; }

const char *ctorch_running_version(void) {
  // One byte each for major, minor and patch from the top (torch/headeronly/version.h: TORCH_ABI_VERSION).
  static const std::string text = [] {
    const uint64_t version = aoti_torch_abi_version();
    return std::to_string(version >> 56 & 255) + "." + std::to_string(version >> 48 & 255) + "." + std::to_string(version >> 40 & 255);
  }();
  return text.c_str();
}

const char *ctorch_cpu_capability(void) {
  static const std::string text = at::get_cpu_capability();
  return text.c_str();
}

const char *ctorch_build_description(void) {
  static const std::string text = at::show_config();
  return text.c_str();
}

} // extern "C"

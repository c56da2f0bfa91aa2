// What the files of the door share: handles, and how a C++ exception becomes a status.
#pragma once

#include "CTorch.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <exception>
#include <new>
#include <string>

struct ctorch_tensor_s {
  at::Tensor value;
};
struct ctorch_generator_s {
  at::Generator value;
};
struct ctorch_operator_s {
  c10::OperatorHandle handle;
};

inline thread_local std::string last_error;

inline ctorch_status fail(ctorch_status status, const char *message) {
  last_error = message;
  return status;
}

// The CPU allocator raises a plain c10::Error, so its wording is the only way to tell.
inline bool says_out_of_memory(const std::string &message) {
  return message.find("DefaultCPUAllocator") != std::string::npos || message.find("can't allocate memory") != std::string::npos ||
         message.find("out of memory") != std::string::npos;
}

// Runs `body`; whatever it throws becomes a status and a message.
template <typename Body>
ctorch_status guarded(Body &&body) {
  try {
    body();
    return CTORCH_OK;
  } catch (const c10::OutOfMemoryError &error) {
    return fail(CTORCH_OUT_OF_MEMORY, error.what_without_backtrace());
  } catch (const c10::Error &error) {
    const char *message = error.what_without_backtrace();
    return fail(says_out_of_memory(message) ? CTORCH_OUT_OF_MEMORY : CTORCH_ERROR, message);
  } catch (const std::bad_alloc &) {
    return fail(CTORCH_OUT_OF_MEMORY, "the system has no memory left (std::bad_alloc)");
  } catch (const std::exception &error) {
    return fail(says_out_of_memory(error.what()) ? CTORCH_OUT_OF_MEMORY : CTORCH_CPP_ERROR, error.what());
  } catch (...) {
    return fail(CTORCH_UNKNOWN_ERROR, "unknown C++ exception");
  }
}

#include "Door.h"

#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <cstdlib>

struct ctorch_group_s {
  c10::intrusive_ptr<c10d::ProcessGroupGloo> value;
};

using std::chrono::milliseconds;

ctorch_status ctorch_group_join(const char *host, uint16_t port, bool serves, const char *prefix, int64_t rank, int64_t size,
                                int64_t patience, int64_t timeout, ctorch_group *out) {
  return guarded([&] {
    c10d::TCPStoreOptions options;
    options.port = port;
    options.isServer = serves;
    // Others connect when they get here; the group's own meeting waits for them.
    options.waitWorkers = false;
    options.timeout = milliseconds(patience);
    auto store = c10::make_intrusive<c10d::PrefixStore>(prefix, c10::make_intrusive<c10d::TCPStore>(host, options));
    auto settings = c10d::ProcessGroupGloo::Options::create(milliseconds(timeout));
    const char *interface = std::getenv("GLOO_SOCKET_IFNAME");
    settings->devices.push_back(interface && *interface ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                                                        : c10d::ProcessGroupGloo::createDefaultDevice());
    *out = new ctorch_group_s{c10::make_intrusive<c10d::ProcessGroupGloo>(
        store, static_cast<int>(rank), static_cast<int>(size), settings)};
  });
}

void ctorch_group_free(ctorch_group group) { delete group; }

ctorch_status ctorch_group_sum(ctorch_group group, ctorch_tensor tensor) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{tensor->value.detach()};
    group->value->allreduce(tensors)->wait();
  });
}

ctorch_status ctorch_group_broadcast(ctorch_group group, ctorch_tensor tensor, int64_t root) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{tensor->value.detach()};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    group->value->broadcast(tensors, options)->wait();
  });
}

ctorch_status ctorch_group_barrier(ctorch_group group) {
  return guarded([&] { group->value->barrier()->wait(); });
}

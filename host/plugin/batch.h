#pragma once

#include <atomic>
#include <cstdint>

#include <sluice/abi/base.h>

// The reference count of a sink batch. One reference is the host's, held from filling to the end of
// put; the others are the plugin's retains. Counted apart, so that a plugin that releases too often
// cannot take the host's own. Derived from by the batches of host/runtime.
struct sluice_batch {
  // [any] Counts a retain of the plugin.
  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  // [any] False: it was released more often than retained.
  bool release();

  // The host's own reference.
  void acquire_host() { references_.fetch_add(kHost, std::memory_order_relaxed); }
  void release_host();

  std::uint64_t plugin_references() const {
    return references_.load(std::memory_order_acquire) & (kHost - 1);
  }

protected:
  sluice_batch() = default;
  ~sluice_batch() = default;
  // [any] The last reference is gone: the content may be let go. Must not block.
  virtual void unreferenced() = 0;

private:
  static constexpr std::uint64_t kHost = std::uint64_t{1} << 40;
  std::atomic<std::uint64_t> references_{0};
};

#include "host/plugin/batch.h"

bool sluice_batch::release() {
  std::uint64_t seen = references_.load(std::memory_order_relaxed);
  do {
    if ((seen & (kHost - 1)) == 0)
      return false;
  } while (!references_.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel));
  if (seen == 1)
    unreferenced();
  return true;
}

void sluice_batch::release_host() {
  if (references_.fetch_sub(kHost, std::memory_order_acq_rel) == kHost)
    unreferenced();
}

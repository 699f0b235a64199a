#include "harm.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "sluice/text.hpp"

namespace badplugins {
namespace {

[[noreturn]] void spin() {
  for (static std::atomic<unsigned> turns = 0;;)
    turns.fetch_add(1, std::memory_order_relaxed);
}

[[noreturn]] void block() {
  for (;;)
    ::pause();
}

[[noreturn]] void deadlock() {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  ::pthread_mutex_lock(&mutex);
  ::pthread_mutex_lock(&mutex);
  block();
}

// Grows by touched pages until somebody ends the process; where the system gives no more, it keeps
// what it has.
[[noreturn]] void grow() {
  constexpr std::size_t kStep = 1 << 20;
  for (;;) {
    void *const more = std::malloc(kStep);
    if (more == nullptr)
      block();
    std::memset(more, 1, kStep);
  }
}

[[noreturn]] void flood(const sluice_host *host, sluice_ctx *ctx) {
  const std::string text(200, 'x');
  sluice_log_record record{};
  record.struct_size = sizeof record;
  record.level = SLUICE_LOG_ERROR;
  record.message = sluice::to_abi(text);
  for (;;) {
    if (host != nullptr)
      host->log(ctx, &record);
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

// Not to address 0: there are machines on which that page can be written to.
void write_to_forbidden_memory() {
  void *page = ::mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile int *>(page) = 1;
}

} // namespace

void do_harm(std::string_view what, const sluice_host *host, sluice_ctx *ctx) {
  if (what == "segv")
    write_to_forbidden_memory();
  if (what == "abort")
    std::abort();
  if (what == "exit")
    std::exit(0);
  if (what == "throw")
    throw 42;
  if (what == "loop")
    spin();
  if (what == "deadlock")
    deadlock();
  if (what == "oom")
    grow();
  if (what == "closefds")
    ::close_range(0, ~0U, 0);
  if (what == "logflood")
    flood(host, ctx);
  if (what == "blockforever")
    block();
}

} // namespace badplugins

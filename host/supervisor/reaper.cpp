#include "host/supervisor/reaper.h"

#include <poll.h>

#include <csignal>
#include <utility>

#include "host/supervisor/process_exit.h"

namespace host::supervisor {
namespace {

// A killed process that is no child of ours yet, or ends slowly, gives no event to wait for.
constexpr Duration kLookAgain{20};

} // namespace

void Reaper::bury(Child child) {
  // The leader is not reaped yet, so the group's number cannot be anyone else's.
  ::kill(-child.pid, SIGKILL);
  send_signal(child.pidfd.get(), SIGKILL);
  const auto grave = graves_.emplace(graves_.end());
  grave->group = child.pid;
  grave->child = std::move(child);
  grave->watch = loop_.watch_exit(grave->child.pidfd.get(), [this, grave] {
    grave->watch.reset();
    look(grave);
  });
}

void Reaper::reap_rest(pid_t group) {
  const auto grave = graves_.emplace(graves_.end());
  grave->group = group;
  look(grave);
}

bool Reaper::is_empty(Grave &grave) {
  if (grave.child.pidfd.valid()) {
    if (!reap(grave.child.pidfd.get()))
      return false;
    grave.child.pidfd.reset();
  }
  return !reap_group(grave.group);
}

void Reaper::look(Graves::iterator grave) {
  if (is_empty(*grave))
    graves_.erase(grave);
  else
    grave->again = loop_.after(kLookAgain, [this, grave] { look(grave); });
}

void Reaper::stop(TimePoint deadline) {
  for (Grave &grave : graves_) {
    grave.watch.reset();
    grave.again.reset();
  }
  while (!graves_.empty() && std::chrono::steady_clock::now() < deadline) {
    pollfd ended{graves_.front().child.pidfd.get(), POLLIN, 0}; // -1 is skipped: a plain wait
    ::poll(&ended, 1, static_cast<int>(kLookAgain.count()));
    graves_.remove_if(is_empty);
  }
  graves_.clear();
}

} // namespace host::supervisor

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "descriptor.h"
#include "sluice/waiter.hpp"

namespace file {

// Tells that a file may have changed: by inotify, so that an idle file costs nothing, with a slow
// look in between for what inotify does not see (a symbolic link that is turned elsewhere). Where
// inotify is not to be had (its instances are few per user, and network file systems do not take
// part) it says so at intervals that grow to a second, and to three while nothing happens. One
// thread.
class ChangeWatch {
public:
  explicit ChangeWatch(std::string path) : path_(std::move(path)) {}

  // What there is to watch.
  struct Scene {
    int descriptor = -1; // of the open file
    ino_t inode = 0;
    bool path_is_other = false; // the path leads to another file than the open one, or to none

    friend bool operator==(const Scene &, const Scene &) = default;
  };

  // Waits until something may have changed since the last call; true at once where the scene is
  // new, because what happened before it was watched is not known. False: notified, or time is
  // over.
  bool wait(sluice::waiter &waiter, const Scene &scene, std::chrono::milliseconds max_wait);
  // Something did change.
  void reset_interval() noexcept;

private:
  using Clock = std::chrono::steady_clock;

  void watch(const Scene &scene);
  bool add(const std::string &path, std::uint32_t events) const;
  void drain() const;

  const std::string path_;
  Descriptor inotify_;
  Scene scene_;
  bool is_watching_ = false;
  std::chrono::milliseconds interval_{0};
};

} // namespace file

#include "change_watch.h"

#include <sys/inotify.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>

#include "sluice/text.hpp"

namespace file {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstInterval = 50ms;
constexpr auto kUsualInterval = 1000ms;
constexpr auto kGrowth = 100ms;           // with each look beyond the usual
constexpr auto kLongestInterval = 3000ms; // of a file that has been idle for a minute
constexpr auto kSlowLook = 10s;

// Other machines change files on these without a word to this kernel.
bool is_on_network(const std::string &path) {
  struct statfs system {};
  if (::statfs(path.c_str(), &system) != 0)
    return false;
  constexpr std::uint32_t kNfs = 0x6969, kSmb = 0x517B, kCifs = 0xFF534D42, kSmb2 = 0xFE534D42,
                          kFuse = 0x65735546, k9p = 0x01021997, kCeph = 0x00C36400;
  const auto type = static_cast<std::uint32_t>(system.f_type);
  const auto others = {kNfs, kSmb, kCifs, kSmb2, kFuse, k9p, kCeph};
  return std::find(others.begin(), others.end(), type) != others.end();
}

std::string directory_of(const std::string &path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

} // namespace

bool ChangeWatch::wait(sluice::waiter &waiter, const Scene &scene,
                       std::chrono::milliseconds max_wait) {
  if (max_wait <= 0ms) { // nothing to watch for
    waiter.wait(0ms);
    return false;
  }
  if (interval_ == 0ms || scene != scene_) {
    watch(scene);
    interval_ = kFirstInterval;
    return true;
  }
  const auto longest = is_watching_ ? std::chrono::milliseconds(kSlowLook) : interval_;
  switch (waiter.wait(std::min(max_wait, longest), inotify_.get())) {
  case sluice::waiter::result::notified:
    return false;
  case sluice::waiter::result::readable:
    drain();
    return true;
  case sluice::waiter::result::timeout:
    break;
  }
  if (max_wait < longest)
    return false; // a shorter wait than the interval says nothing about it
  if (interval_ < kUsualInterval)
    interval_ = std::min<std::chrono::milliseconds>(2 * interval_, kUsualInterval);
  else
    interval_ = std::min<std::chrono::milliseconds>(interval_ + kGrowth, kLongestInterval);
  return max_wait > longest;
}

void ChangeWatch::reset_interval() noexcept { interval_ = std::min(interval_, kFirstInterval); }

// While the path leads to the open file, only that file is watched: its directory may be full of
// others. The directory is, as long as a new file may appear in it.
void ChangeWatch::watch(const Scene &scene) {
  constexpr std::uint32_t kFileEvents = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF;
  scene_ = scene;
  inotify_ = Descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  is_watching_ = inotify_.is_open() && !is_on_network(directory_of(path_));
  if (is_watching_ && scene.descriptor >= 0)
    is_watching_ = add(sluice::format("/proc/self/fd/{}", scene.descriptor), kFileEvents);
  if (is_watching_ && scene.path_is_other) {
    is_watching_ = add(directory_of(path_), IN_CREATE | IN_MOVED_TO);
    add(path_, kFileEvents); // there may be none yet
  }
  if (!is_watching_)
    inotify_ = Descriptor();
}

bool ChangeWatch::add(const std::string &path, std::uint32_t events) const {
  return ::inotify_add_watch(inotify_.get(), path.c_str(), events) >= 0;
}

void ChangeWatch::drain() const {
  std::array<char, 4096> events;
  while (::read(inotify_.get(), events.data(), events.size()) > 0) {
  }
}

} // namespace file

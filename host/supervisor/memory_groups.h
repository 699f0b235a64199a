#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "host/base/error.h"

namespace host::supervisor {

// Where the files are that say what this process may do with cgroups; tests have their own.
struct CgroupPlaces {
  std::string mount = "/sys/fs/cgroup";
  std::string own = "/proc/self/cgroup";
  bool check_kind = true; // of the mounted file system
};

// A cgroup v2 subtree that was delegated to this process (systemd's `Delegate=yes`, a container's
// own root): each runner gets a group in which the kernel itself keeps memory below the cap. Not
// used where somebody else manages the subtree. Owned by the supervisor, on its loop's thread.
class MemoryGroups {
public:
  // Moves this process into a group of its own beside those of the runners. The error says, for the
  // log, why that cannot be.
  static Result<std::unique_ptr<MemoryGroups>> adopt(const CgroupPlaces &places = {});

  // Before the process runs any plugin code.
  Status add(pid_t pid, std::int64_t max_bytes) const;
  // True when the kernel killed in this group because of the cap.
  bool ran_out(pid_t pid) const;
  // Kills what is left in the group, wherever it hides, and forgets the group.
  void remove(pid_t pid) const;

private:
  explicit MemoryGroups(std::string root) : root_(std::move(root)) {}
  std::string group_of(pid_t pid) const;

  const std::string root_;
};

} // namespace host::supervisor

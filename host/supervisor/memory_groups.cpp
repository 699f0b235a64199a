#include "host/supervisor/memory_groups.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "host/base/fd.h"

namespace host::supervisor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHostGroup = "sluice-host";
constexpr std::string_view kRunnerPrefix = "sluice-runner-";

std::string read_text(const std::string &path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The kernel takes each value in one write.
Status write_text(const std::string &path, std::string_view text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail(Code::Io, fmt::format("{}: {}", path, std::strerror(errno)));
  return {};
}

// The `0::` line is that of version 2.
std::string own_path(const std::string &text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string_view line(text.data() + at, end - at);
    if (line.starts_with("0::/"))
      return std::string(line.substr(3));
    at = end + 1;
  }
  return {};
}

bool is_delegated(const std::string &group, const std::string &path) {
  if (::access((group + "/cgroup.procs").c_str(), W_OK) != 0)
    return false;
  char mark = 0;
  return path == "/" || // of a container, or of a machine without a manager of cgroups
         (::getxattr(group.c_str(), "user.delegate", &mark, 1) == 1 && mark == '1') ||
         (::getxattr(group.c_str(), "trusted.delegate", &mark, 1) == 1 && mark == '1');
}

Result<std::string> usable_root(const CgroupPlaces &places) {
  struct statfs info {};
  if (places.check_kind && (::statfs(places.mount.c_str(), &info) != 0 ||
                            static_cast<unsigned long>(info.f_type) != CGROUP2_SUPER_MAGIC))
    return fail(Code::Unsupported, fmt::format("no cgroup v2 at {}", places.mount));
  const std::string path = own_path(read_text(places.own));
  if (path.empty())
    return fail(Code::Unsupported, "this process is in no cgroup v2");
  const std::string root = path == "/" ? places.mount : places.mount + path;
  if (read_text(root + "/cgroup.controllers").find("memory") == std::string::npos)
    return fail(Code::Unsupported, fmt::format("{} has no memory controller", root));
  if (!is_delegated(root, path))
    return fail(Code::Unsupported, fmt::format("{} is not delegated to this process", root));
  return root;
}

// Groups of a host that was killed; those in use refuse.
void remove_old(const std::string &root) {
  std::error_code error;
  for (const auto &entry : fs::directory_iterator(root, error))
    if (entry.path().filename().string().starts_with(kRunnerPrefix))
      ::rmdir(entry.path().c_str());
}

} // namespace

Result<std::unique_ptr<MemoryGroups>> MemoryGroups::adopt(const CgroupPlaces &places) {
  HOST_ASSIGN(const std::string root, usable_root(places));
  const std::string host = fmt::format("{}/{}", root, kHostGroup);
  const std::string self = std::to_string(::getpid());
  if (::mkdir(host.c_str(), 0755) != 0 && errno != EEXIST)
    return fail(Code::Io, fmt::format("{}: {}", host, std::strerror(errno)));
  Status done = write_text(host + "/cgroup.procs", self);
  if (done)
    done = write_text(root + "/cgroup.subtree_control", "+memory");
  if (!done) {
    // Others share the group; then it is left as it was.
    (void)write_text(root + "/cgroup.procs", self);
    ::rmdir(host.c_str());
    return fail(std::move(done).error());
  }
  remove_old(root);
  return std::unique_ptr<MemoryGroups>(new MemoryGroups(root));
}

std::string MemoryGroups::group_of(pid_t pid) const {
  return fmt::format("{}/{}{}", root_, kRunnerPrefix, pid);
}

Status MemoryGroups::add(pid_t pid, std::int64_t max_bytes) const {
  const std::string group = group_of(pid);
  if (::mkdir(group.c_str(), 0755) != 0 && errno != EEXIST)
    return fail(Code::Io, fmt::format("{}: {}", group, std::strerror(errno)));
  HOST_TRY(write_text(group + "/memory.max", std::to_string(max_bytes)));
  (void)write_text(group + "/memory.swap.max", "0"); // there may be no accounting of swap
  return write_text(group + "/cgroup.procs", std::to_string(pid));
}

bool MemoryGroups::ran_out(pid_t pid) const {
  const std::string events = read_text(group_of(pid) + "/memory.events");
  const auto at = events.find("oom_kill ");
  return at != std::string::npos && events.compare(at, 11, "oom_kill 0\n") != 0;
}

void MemoryGroups::remove(pid_t pid) const {
  const std::string group = group_of(pid);
  (void)write_text(group + "/cgroup.kill", "1");
  // Refused while something killed just now is still leaving; the next host removes it then.
  ::rmdir(group.c_str());
}

} // namespace host::supervisor

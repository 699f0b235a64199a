#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/base/fd.h"
#include "host/base/strings.h"

namespace host::app {

using DevTopics = std::vector<std::pair<std::string, std::int32_t>>;

// The in-memory broker of --dev: librdkafka's mock cluster in a child process, because it can
// abort. The child ends with its parent. One thread.
class DevBroker {
public:
  // Starts the child and waits for its address.
  static Result<DevBroker> start(const DevTopics &topics);
  DevBroker(DevBroker &&) = default;
  DevBroker &operator=(DevBroker &&) = default;

  const std::string &bootstrap() const { return bootstrap_; }
  // Ends the child.
  void stop();

private:
  DevBroker() = default;
  pid_t pid_ = -1;
  UniqueFd life_; // the child ends when this closes
  std::string bootstrap_;
};

// First lines of main: serves as the child of DevBroker and never returns, if that is what the
// process was started for.
void maybe_run_dev_broker(int argc, char **argv);

// A folder of this run's own, removed with all it holds at the end.
class TemporaryFolder {
public:
  static Result<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder &&other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder &operator=(TemporaryFolder &&) = delete;
  ~TemporaryFolder();
  const std::string &path() const { return path_; }

private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Worker entries of dev mode, below what a config file sets.
StringMap dev_defaults(const std::string &bootstrap, const std::string &folder);

// Keys that the in-memory broker cannot serve, in a worker file or a connector's config, each with
// a sentence that names it and says why.
std::vector<std::pair<std::string, std::string>> refused_in_dev_mode(const StringMap &config);

// What --dev prints before the REST address: what it lacks, and that it forgets everything.
std::string dev_banner(const std::string &bootstrap, const DevTopics &topics);

} // namespace host::app

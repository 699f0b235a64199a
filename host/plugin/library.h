#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/plugin/descriptor.h"

namespace host::plugin {

class Connector; // connector.h

// The plugin code that a step of loading runs, so that the caller can mark it for the watchdog.
enum class LoadStep : std::uint8_t {
  Load = 1, // dlopen: static initialisers
  Entry,
  Init
};
// Called on the loading thread with the step that begins, and with nothing when it has returned.
using OnLoadStep = std::function<void(LoadStep step, bool entered)>;

// One plugin file in this process. Loaded once per (device, inode) and never unloaded: the object
// and the code that it points to live until the process ends. Immutable after load; any thread.
class Library {
public:
  // Checks the file, loads it and takes its tables, without running its `init`. A second call for
  // the same file gives the same library, also under another name.
  static Result<std::shared_ptr<const Library>> load(const std::string &path,
                                                     const OnLoadStep &on_step = {});

  // Runs the plugin's `init`, once per process however often it is called. Needed before any
  // connector of it is used; a scan does without.
  Status init(const OnLoadStep &on_step = {}) const;

  const std::string &path() const { return path_; } // canonical
  const std::string &name() const { return name_; }
  const std::string &version() const { return version_; }
  const std::string &build() const { return build_; }
  const std::vector<std::shared_ptr<const Connector>> &connectors() const { return connectors_; }
  // Fails with NotFound, listing the classes that the file has.
  Result<std::shared_ptr<const Connector>> find(std::string_view class_name) const;
  std::vector<Descriptor> descriptors() const;

  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;
  ~Library();

private:
  struct Code; // the loaded object and its tables
  Library();
  Status take(const std::string &name, const OnLoadStep &on_step);
  Status take_connectors();

  std::string path_;
  std::string name_;
  std::string version_;
  std::string build_;
  std::vector<std::shared_ptr<const Connector>> connectors_;
  std::unique_ptr<Code> code_;
};

} // namespace host::plugin

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/plugin/catalog.h"
#include "host/supervisor/inspection_cache.h"
#include "host/supervisor/plugin_file.h"
#include "host/supervisor/supervisor.h"

namespace host::supervisor {

// Every connector that the files under plugin.path offer. A file that was inspected before, and has
// not changed since, costs one stat; the others are inspected at once, each in a plugin runner, so
// that a file which crashes or hangs when it is loaded costs only itself: it is named in the log.
//
// Made and owned by the app, and outlives the supervisor's run. scan() runs once, after the
// supervisor was started; entries() may be asked from any thread and is empty until it is done.
class PluginCatalog final : public plugin::Catalog {
public:
  // `paths`: shared objects, or folders whose *.so files, also one folder further down, are all
  // plugins. `cache_folder` empty: nothing is kept between starts.
  PluginCatalog(std::vector<std::string> paths, const std::string &cache_folder);
  ~PluginCatalog() override;

  // `done` once, when every file has been inspected or has failed; on this thread when nothing
  // needs inspection, else on the supervisor's.
  void scan(Supervisor &supervisor, std::function<void()> done);

  std::shared_ptr<const plugin::CatalogEntries> entries() const override;

private:
  struct Scan; // one look at all files

  // One inspection has ended; true if it was the last.
  bool take(std::size_t index, Result<std::string> inspected);

  const std::vector<std::string> paths_;
  InspectionCache cache_;
  std::unique_ptr<Scan> scan_;
};

// The files behind plugin.path, canonical, each once, in the order of the paths and then of their
// names. What does not exist or cannot be read is left out with an error in the log.
std::vector<std::string> plugin_files(const std::vector<std::string> &paths);

// One class and version in two different files is a mistake that no order should decide: both are
// left out, with an error in the log. Several versions of one class are fine.
plugin::CatalogEntries without_duplicates(plugin::CatalogEntries entries);

} // namespace host::supervisor

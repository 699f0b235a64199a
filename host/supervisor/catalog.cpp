#include "host/supervisor/catalog.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "host/base/log.h"

namespace host::supervisor {
namespace {

namespace fs = std::filesystem;

const log::Logger kLog{"sluice.supervisor.plugins"};

bool is_plugin_name(const fs::path &path) { return path.extension() == ".so"; }

// The *.so files of a folder and of the folders in it, by name.
std::vector<fs::path> files_in(const fs::path &folder, bool further_down) {
  std::vector<fs::path> found;
  std::vector<fs::path> children;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    children.push_back(at->path());
  if (error)
    kLog.error("plugin.path: {}: {}", folder.string(), error.message());
  std::sort(children.begin(), children.end());
  for (const fs::path &child : children) {
    std::error_code ignored;
    if (fs::is_directory(child, ignored)) {
      if (further_down)
        for (fs::path &file : files_in(child, false))
          found.push_back(std::move(file));
    } else if (is_plugin_name(child)) {
      found.push_back(child);
    }
  }
  return found;
}

void add_canonical(const fs::path &path, std::vector<std::string> &files) {
  std::error_code error;
  const std::string canonical = fs::canonical(path, error).string();
  if (error)
    kLog.error("plugin.path: {}: {}", path.string(), error.message());
  else if (std::find(files.begin(), files.end(), canonical) == files.end())
    files.push_back(canonical);
}

} // namespace

std::vector<std::string> plugin_files(const std::vector<std::string> &paths) {
  std::vector<std::string> files;
  for (const std::string &path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      add_canonical(path, files);
      continue;
    }
    for (const fs::path &file : files_in(path, true))
      add_canonical(file, files);
  }
  return files;
}

plugin::CatalogEntries without_duplicates(plugin::CatalogEntries entries) {
  const auto same = [](const plugin::CatalogEntry &a, const plugin::CatalogEntry &b) {
    return a.descriptor.class_name == b.descriptor.class_name &&
           a.descriptor.version == b.descriptor.version;
  };
  std::set<std::size_t> refused;
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (std::size_t k = i + 1; k < entries.size(); ++k)
      if (same(entries[i], entries[k])) {
        kLog.error("{} version {} is in {} and in {}: neither is used; remove one of them from "
                   "plugin.path",
                   entries[i].descriptor.class_name, entries[i].descriptor.version, entries[i].path,
                   entries[k].path);
        refused.insert({i, k});
      }
  plugin::CatalogEntries kept;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (!refused.contains(i))
      kept.push_back(std::move(entries[i]));
  return kept;
}

// Written by scan() and by the supervisor's thread, read by REST's.
struct PluginCatalog::Scan {
  std::mutex mutex;
  // All under mutex.
  std::vector<PluginFile> files;
  std::vector<std::vector<plugin::Descriptor>> found; // by file
  std::size_t open = 0;                               // inspections under way
  std::shared_ptr<const plugin::CatalogEntries> entries =
      std::make_shared<const plugin::CatalogEntries>();

  // With the mutex held: what has been found so far becomes what REST shows.
  void publish() {
    plugin::CatalogEntries all;
    for (std::size_t i = 0; i < files.size(); ++i)
      for (const plugin::Descriptor &descriptor : found[i])
        all.push_back({descriptor, files[i].path});
    entries = std::make_shared<const plugin::CatalogEntries>(without_duplicates(std::move(all)));
  }
};

PluginCatalog::PluginCatalog(std::vector<std::string> paths, const std::string &cache_folder)
    : paths_(std::move(paths)), cache_(cache_folder), scan_(std::make_unique<Scan>()) {}

PluginCatalog::~PluginCatalog() = default;

std::shared_ptr<const plugin::CatalogEntries> PluginCatalog::entries() const {
  std::lock_guard lock(scan_->mutex);
  return scan_->entries;
}

void PluginCatalog::scan(Supervisor &supervisor, std::function<void()> done) {
  std::vector<std::size_t> unknown;
  {
    std::lock_guard lock(scan_->mutex);
    for (const std::string &path : plugin_files(paths_))
      scan_->files.push_back(look_at_plugin(path));
    scan_->found.resize(scan_->files.size());
    for (std::size_t i = 0; i < scan_->files.size(); ++i)
      if (const auto *known = cache_.find(scan_->files[i]))
        scan_->found[i] = *known;
      else
        unknown.push_back(i);
    scan_->open = unknown.size();
    if (unknown.empty()) {
      cache_.keep_only(scan_->files);
      scan_->publish();
    }
  }
  if (unknown.empty())
    return done();
  auto shared_done = std::make_shared<const std::function<void()>>(std::move(done));
  for (const std::size_t index : unknown)
    supervisor.inspect(scan_->files[index].path, // the list no longer changes
                       [this, index, shared_done](Result<std::string> text) {
                         if (take(index, std::move(text)))
                           (*shared_done)();
                       });
}

bool PluginCatalog::take(std::size_t index, Result<std::string> inspected) {
  Result<std::vector<plugin::Descriptor>> read = fail(Code::Internal, "not inspected");
  if (inspected)
    read = plugin::decode(*inspected);
  else
    read = fail(std::move(inspected).error());
  std::lock_guard lock(scan_->mutex);
  const PluginFile &file = scan_->files[index];
  if (read) {
    scan_->found[index] = *read;
    cache_.put(file, *std::move(read));
  } else {
    kLog.error("{}: not used as a plugin: {}", file.path, read.error().message());
  }
  if (--scan_->open > 0)
    return false;
  cache_.keep_only(scan_->files);
  scan_->publish();
  return true;
}

} // namespace host::supervisor

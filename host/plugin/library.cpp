#include "host/plugin/library.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "host/plugin/call.h"
#include "host/plugin/connector.h"
#include "host/plugin/context.h"
#include "host/plugin/elf_check.h"
#include "host/plugin/tables.h"

namespace host::plugin {
namespace {

constexpr std::size_t kMaxConnectors = 1024;
constexpr std::size_t kExportsInMessage = 8;

struct FileId {
  dev_t device;
  ino_t inode;
  friend auto operator<=>(const FileId &, const FileId &) = default;
};

// What the file was when it was loaded: one that is rewritten in place is not what runs.
struct FileState {
  off_t size;
  std::int64_t mtime_ns;
  friend bool operator==(const FileState &, const FileState &) = default;
};

// Every library of the process; leaked, for plugins are never unloaded.
struct Registry {
  std::mutex mutex; // held over a load: loads of one process are serial
  struct Entry {
    FileState state;
    std::shared_ptr<const Library> library;
  };
  std::map<FileId, Entry> libraries;
  std::map<std::string, int> loads_of_path;

  static Registry &instance() {
    static auto *registry = new Registry;
    return *registry;
  }
};

sluice_host_info host_info() {
  return {sizeof(sluice_host_info), SLUICE_ABI_MINOR, 0, abi_str("sluice"), abi_str("0.1.0")};
}

Result<std::string> canonical(const std::string &path) {
  if (!path.starts_with('/'))
    return fail(Code::Config, fmt::format("plugin path '{}' is not absolute", path));
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr)
    return fail(Code::Config, fmt::format("cannot find plugin {}: {}", path, std::strerror(errno)));
  return std::string(resolved);
}

// A name that the loader has not seen for this path. It knows loaded objects by name first, and
// would answer with the old code for a new file under an old name.
std::string unseen_name(const std::string &path, int earlier_loads) {
  const auto slash = path.rfind('/');
  std::string name = path.substr(0, slash);
  for (int i = 0; i < earlier_loads; ++i)
    name += "/.";
  return name + path.substr(slash);
}

std::string join(const std::vector<std::string> &names, std::string_view if_empty) {
  std::string text;
  for (const auto &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? std::string(if_empty) : text;
}

// Marks a step for the caller from its begin to its end, however it ends.
class Marked {
public:
  Marked(const OnLoadStep &on_step, LoadStep step) : on_step_(on_step), step_(step) {
    if (on_step_)
      on_step_(step_, true);
  }
  ~Marked() {
    if (on_step_)
      on_step_(step_, false);
  }
  Marked(const Marked &) = delete;
  Marked &operator=(const Marked &) = delete;

private:
  const OnLoadStep &on_step_;
  LoadStep step_;
};

} // namespace

struct Library::Code {
  void *handle = nullptr; // never closed: unloading is not safe (abi.md A4.1)
  sluice_plugin plugin{};
  mutable std::once_flag init_once;
  mutable Status init_result;
};

Library::Library() : code_(std::make_unique<Code>()) {}
Library::~Library() = default;

Result<std::shared_ptr<const Library>> Library::load(const std::string &path,
                                                     const OnLoadStep &on_step) {
  HOST_ASSIGN(const std::string file, canonical(path));
  auto &registry = Registry::instance();
  std::lock_guard lock(registry.mutex);
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0)
    return fail(host::Code::Config,
                fmt::format("cannot stat plugin {}: {}", file, std::strerror(errno)));
  const FileId id{info.st_dev, info.st_ino};
  const FileState state{info.st_size,
                        std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
  if (const auto known = registry.libraries.find(id); known != registry.libraries.end()) {
    if (known->second.state == state)
      return known->second.library;
    return fail(host::Code::Config,
                fmt::format("{} was changed in place after this process loaded it; install a new "
                            "version by renaming a new file over the old one, and restart the "
                            "connector",
                            file));
  }
  HOST_TRY(check_file(file));
  std::shared_ptr<Library> library(new Library);
  library->path_ = file;
  HOST_TRY(library->take(unseen_name(file, registry.loads_of_path[file]++), on_step));
  registry.libraries.emplace(id, Registry::Entry{state, library});
  return std::shared_ptr<const Library>(std::move(library));
}

Status Library::take(const std::string &name, const OnLoadStep &on_step) {
  {
    const Marked marked(on_step, LoadStep::Load);
    code_->handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  }
  if (code_->handle == nullptr)
    return fail(host::Code::Config, fmt::format("{} cannot be loaded: {}", path_, ::dlerror()));
  void *symbol = ::dlsym(code_->handle, SLUICE_ENTRY_SYMBOL);
  if (symbol == nullptr)
    return fail(host::Code::Config,
                fmt::format("{} is not a Sluice plugin, or one for another ABI major: it has no "
                            "function {}; it exports: {}",
                            path_, SLUICE_ENTRY_SYMBOL,
                            join(exported_functions(path_, kExportsInMessage), "no functions")));
  const sluice_plugin *plugin = nullptr;
  {
    const Marked marked(on_step, LoadStep::Entry);
    const sluice_host_info info = host_info();
    HOST_TRY(call(path_, SLUICE_ENTRY_SYMBOL, [&](sluice_error *) {
      return reinterpret_cast<sluice_plugin_entry>(symbol)(&info, &plugin);
    }));
  }
  HOST_ASSIGN(code_->plugin, copy_growable(plugin, path_ + ": the table that its entry gave"));
  return take_connectors();
}

Status Library::take_connectors() {
  const sluice_plugin &plugin = code_->plugin;
  name_ = view(plugin.name);
  version_ = view(plugin.version);
  build_ = view(plugin.build);
  if (plugin.abi_minor != SLUICE_ABI_MINOR)
    return fail(host::Code::Config,
                fmt::format("{} is built for ABI {}.{}, this host has {}.{}; before 1.0 they must "
                            "be the same: build the plugin with this host's SDK",
                            path_, SLUICE_ABI_MAJOR, plugin.abi_minor, SLUICE_ABI_MAJOR,
                            SLUICE_ABI_MINOR));
  if (plugin.n_connectors == 0 || plugin.connectors == nullptr)
    return fail(host::Code::Config, fmt::format("{} offers no connectors", path_));
  if (plugin.n_connectors > kMaxConnectors)
    return fail(host::Code::Config, fmt::format("{} speaks of {} connectors, more than {}", path_,
                                                plugin.n_connectors, kMaxConnectors));
  for (std::size_t i = 0; i < plugin.n_connectors; ++i) {
    auto negotiated = negotiate(plugin.connectors[i], plugin);
    if (!negotiated)
      return std::move(negotiated).error().context(path_);
    const std::string class_name = negotiated->descriptor.class_name;
    if (find(class_name))
      return fail(host::Code::Config, fmt::format("{} offers class {} twice", path_, class_name));
    connectors_.push_back(std::make_shared<const Connector>(std::move(negotiated->descriptor),
                                                            std::move(negotiated->tables)));
  }
  return {};
}

Status Library::init(const OnLoadStep &on_step) const {
  std::call_once(code_->init_once, [&] {
    if (code_->plugin.init == nullptr)
      return;
    const Marked marked(on_step, LoadStep::Init);
    const sluice_host_info info = host_info();
    code_->init_result = call(path_, "init", [&](sluice_error *error) {
      return code_->plugin.init(&host_table(), &info, error);
    });
    if (!code_->init_result)
      code_->init_result = std::move(code_->init_result).error().context(path_ + ": init");
  });
  return code_->init_result;
}

Result<std::shared_ptr<const Connector>> Library::find(std::string_view class_name) const {
  std::vector<std::string> names;
  for (const auto &connector : connectors_) {
    if (connector->class_name() == class_name)
      return connector;
    names.push_back(connector->class_name());
  }
  return fail(host::Code::NotFound, fmt::format("{} has no connector class {}; it has: {}", path_,
                                                class_name, join(names, "none")));
}

std::vector<Descriptor> Library::descriptors() const {
  std::vector<Descriptor> result;
  for (const auto &connector : connectors_)
    result.push_back(connector->descriptor());
  return result;
}

} // namespace host::plugin

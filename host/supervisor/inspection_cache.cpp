#include "host/supervisor/inspection_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "host/base/fd.h"
#include "host/base/log.h"
#include "host/json/parse.h"
#include "host/json/writer.h"
#include "host/link/messages.h"

namespace host::supervisor {
namespace {

const log::Logger kLog{"sluice.supervisor.plugins"};

std::string file_of(const std::string &folder) { return folder + "/plugins.json"; }

void append(json::Writer &writer, const PluginFile &file,
            const std::vector<plugin::Descriptor> &descriptors) {
  writer.begin_object()
      .field("path", file.path)
      .field("device", static_cast<std::int64_t>(file.device))
      .field("inode", static_cast<std::int64_t>(file.inode))
      .field("size", file.size)
      .field("mtime_ns", file.mtime_ns)
      .field("descriptors", plugin::encode(descriptors))
      .end_object();
}

using Entry = std::pair<PluginFile, std::vector<plugin::Descriptor>>;

Result<Entry> entry_of(const json::Value &value) {
  Entry entry;
  PluginFile &file = entry.first;
  HOST_ASSIGN(file.path, value.string_of("path"));
  HOST_ASSIGN(const std::int64_t device, value.integer_of("device"));
  HOST_ASSIGN(const std::int64_t inode, value.integer_of("inode"));
  file.device = static_cast<std::uint64_t>(device);
  file.inode = static_cast<std::uint64_t>(inode);
  HOST_ASSIGN(file.size, value.integer_of("size"));
  HOST_ASSIGN(file.mtime_ns, value.integer_of("mtime_ns"));
  HOST_ASSIGN(const std::string descriptors, value.string_of("descriptors"));
  HOST_ASSIGN(entry.second, plugin::decode(descriptors));
  return entry;
}

Result<std::vector<Entry>> entries_in(std::string_view text) {
  HOST_ASSIGN(const json::Value document, json::parse(text));
  HOST_ASSIGN(const std::string build, document.string_of("build"));
  std::vector<Entry> entries;
  if (build != link::build_id())
    return entries; // what another build understood of a plugin may not be what we would
  HOST_ASSIGN(const json::Value *files, document.member("files"));
  for (const json::Value &file : files->items()) {
    HOST_ASSIGN(Entry entry, entry_of(file));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Whole or not at all: written beside the file and renamed over it.
Status replace(const std::string &path, std::string_view text) {
  const std::string beside = fmt::format("{}.{}", path, ::getpid());
  {
    const UniqueFd out(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!out || ::write(out.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      return fail(Code::Io, fmt::format("{}: {}", beside, std::strerror(errno)));
  }
  if (::rename(beside.c_str(), path.c_str()) != 0)
    return fail(Code::Io, fmt::format("{}: {}", path, std::strerror(errno)));
  return {};
}

} // namespace

InspectionCache::InspectionCache(std::string folder) : folder_(std::move(folder)) {
  if (!folder_.empty())
    read();
}

const std::vector<plugin::Descriptor> *InspectionCache::find(const PluginFile &file) const {
  const auto found = entries_.find(file);
  return found == entries_.end() ? nullptr : &found->second;
}

void InspectionCache::put(const PluginFile &file, std::vector<plugin::Descriptor> descriptors) {
  entries_.insert_or_assign(file, std::move(descriptors));
  changed_ = true;
}

void InspectionCache::keep_only(const std::vector<PluginFile> &files) {
  const auto stale = [&](const auto &entry) {
    return std::find(files.begin(), files.end(), entry.first) == files.end();
  };
  changed_ = std::erase_if(entries_, stale) > 0 || changed_;
  if (changed_ && !folder_.empty())
    write();
  changed_ = false;
}

void InspectionCache::read() {
  std::ifstream in(file_of(folder_), std::ios::binary);
  if (!in)
    return; // the first start with this folder
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto entries = entries_in(text);
  if (!entries) {
    kLog.warn("{} is ignored, plugins are inspected anew: {}", file_of(folder_),
              entries.error().message());
    return;
  }
  for (auto &[file, descriptors] : *entries)
    entries_.emplace(std::move(file), std::move(descriptors));
}

void InspectionCache::write() const {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().field("build", link::build_id()).key("files").begin_array();
  for (const auto &[file, descriptors] : entries_)
    append(writer, file, descriptors);
  writer.end_array().end_object();
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (const Status written = replace(file_of(folder_), text); !written)
    kLog.warn("what plugins contain is not kept for the next start: {}", written.error().message());
}

} // namespace host::supervisor

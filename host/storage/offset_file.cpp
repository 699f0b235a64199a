#include "host/storage/offset_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "host/base/fd.h"
#include "host/json/parse.h"
#include "host/storage/offset_table.h"

namespace host::storage {
namespace {

constexpr std::string_view kHeader = "#sluice-offsets 1\n";
constexpr std::string_view kFooter = "#end ";
constexpr std::string_view kJavaStream("\xAC\xED\x00\x05", 4);

bool has_control(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20)
      return true;
  return false;
}

tl::unexpected<Error> bad_file(const std::string &path, std::string_view what) {
  return fail(Code::Config, exception::kConnect,
              fmt::format("The offsets file '{}' cannot be used: {}. Bring back a good copy, or "
                          "move it away to let every source start from its beginning.",
                          path, what));
}

tl::unexpected<Error> io(std::string_view what, const std::string &path) {
  return fail(Code::Io, fmt::format("{} '{}': {}", what, path, std::strerror(errno)));
}

Result<OffsetRecord> parse_line(std::string_view line) {
  const auto tab = line.find('\t');
  if (tab == std::string_view::npos)
    return fail(Code::Data, "it is not a key, a tab and a value");
  OffsetRecord record{std::string(line.substr(0, tab)), std::string(line.substr(tab + 1))};
  HOST_TRY(check_offset(record));
  return record;
}

Status write_all(int fd, std::string_view text, const std::string &path) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return io("cannot write", path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status sync_folder(const std::string &path) {
  std::string folder = std::filesystem::path(path).parent_path();
  if (folder.empty())
    folder = ".";
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0)
    return io("cannot sync the folder", folder);
  return {};
}

} // namespace

Status check_offset(const OffsetRecord &record) {
  HOST_TRY(parse_offset_key(record.key));
  if (has_control(record.key) || (record.value && has_control(*record.value)))
    return fail(Code::Data, "an offset has control characters outside its JSON strings");
  if (!record.value)
    return {};
  if (!json::parse(*record.value))
    return fail(Code::Data, "the value of an offset is no JSON");
  return {};
}

std::string format_offsets(const std::vector<OffsetRecord> &records) {
  std::string text(kHeader);
  for (const OffsetRecord &record : records)
    text.append(record.key).append("\t").append(*record.value).append("\n");
  text += fmt::format("{}{}\n", kFooter, records.size());
  return text;
}

Result<std::vector<OffsetRecord>> parse_offsets(std::string_view text, const std::string &path) {
  std::vector<OffsetRecord> records;
  if (text.empty())
    return records;
  if (text.starts_with(kJavaStream))
    return fail(Code::Config, exception::kConfig,
                fmt::format("The offsets file '{}' was written by Apache Kafka Connect, as "
                            "serialized Java objects, which only Java can read. Set "
                            "offset.storage.file.filename to another file; the sources then start "
                            "from their beginning.",
                            path));
  if (!text.starts_with(kHeader))
    return bad_file(path, "its first line is not that of an offsets file");
  text.remove_prefix(kHeader.size());
  for (std::size_t number = 2;; ++number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
      return bad_file(path, fmt::format("it is cut off in line {}", number));
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.starts_with(kFooter)) {
      auto record = parse_line(line);
      if (!record)
        return bad_file(path, fmt::format("line {}: {}", number, record.error().message()));
      records.push_back(*std::move(record));
      continue;
    }
    if (line.substr(kFooter.size()) != fmt::format("{}", records.size()))
      return bad_file(
          path, fmt::format("it has {} offsets and its last line says `{}`", records.size(), line));
    if (!text.empty())
      return bad_file(path,
                      fmt::format("there is more after its last line, in line {}", number + 1));
    return records;
  }
}

Result<std::string> read_file(const std::string &path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT)
    return std::string();
  if (!fd)
    return io("cannot open the offsets file", path);
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return io("cannot read the offsets file", path);
    if (n == 0)
      return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

Status replace_file(const std::string &path, std::string_view text) {
  const std::string draft = path + ".tmp";
  // Offsets can tell what a source reads: a new file is its owner's, an old one keeps its mode.
  struct stat old = {};
  const mode_t mode = ::stat(path.c_str(), &old) == 0 ? old.st_mode & 07777 : 0600;
  const UniqueFd fd(
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd)
    return io("cannot open", draft);
  if (::fchmod(fd.get(), mode) != 0)
    return io("cannot set the mode of", draft);
  HOST_TRY(write_all(fd.get(), text, draft));
  if (::fsync(fd.get()) != 0)
    return io("cannot sync", draft);
  if (::rename(draft.c_str(), path.c_str()) != 0)
    return io("cannot replace", path);
  return sync_folder(path);
}

} // namespace host::storage

#include "host/plugin/elf_check.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "host/base/fd.h"

namespace host::plugin {
namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
#else
#error "name the ELF machine of this architecture"
#endif

// Tables of one file; more than any plugin has, so that a damaged header cannot ask for gigabytes.
constexpr std::uint64_t kMaxTableBytes = std::uint64_t{64} << 20;

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
  case EM_X86_64:
    return "x86-64";
  case EM_AARCH64:
    return "AArch64";
  case EM_386:
    return "32-bit x86";
  case EM_ARM:
    return "32-bit ARM";
  case EM_RISCV:
    return "RISC-V";
  case EM_PPC64:
    return "64-bit PowerPC";
  case EM_S390:
    return "S/390";
  default:
    return fmt::format("ELF machine {}", machine);
  }
}

std::string_view type_name(std::uint16_t type) {
  switch (type) {
  case ET_REL:
    return "an object file (.o): link it with -shared";
  case ET_EXEC:
    return "a program";
  case ET_CORE:
    return "a core dump";
  default:
    return "an ELF file of another kind";
  }
}

bool read_at(int fd, void *into, std::size_t size, std::uint64_t offset) {
  auto *bytes = static_cast<char *>(into);
  while (size > 0) {
    const ssize_t n = ::pread(fd, bytes, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

template <class T>
std::optional<std::vector<T>> read_table(int fd, std::uint64_t offset, std::uint64_t count,
                                         std::uint64_t entry_size) {
  if (entry_size != sizeof(T) || count > kMaxTableBytes / sizeof(T))
    return std::nullopt;
  std::vector<T> table(count);
  if (!read_at(fd, table.data(), count * sizeof(T), offset))
    return std::nullopt;
  return table;
}

Status check_identity(const std::string &path, const Elf64_Ehdr &header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64)
    return fail(Code::Config, fmt::format("{} is a 32-bit object; this host needs a 64-bit one "
                                          "for {}",
                                          path, machine_name(kMachine)));
  if (header.e_ident[EI_DATA] != ELFDATA2LSB)
    return fail(Code::Config, fmt::format("{} is a big-endian object; this host needs a "
                                          "little-endian one for {}",
                                          path, machine_name(kMachine)));
  if (header.e_machine != kMachine)
    return fail(Code::Config,
                fmt::format("{} is built for {}; this host runs on {}: install the "
                            "build of the plugin for this machine",
                            path, machine_name(header.e_machine), machine_name(kMachine)));
  if (header.e_type != ET_DYN)
    return fail(Code::Config,
                fmt::format("{} is {}, not a shared object (.so)", path, type_name(header.e_type)));
  return {};
}

// A file that is cut short would not fail in dlopen: its pages beyond the end raise SIGBUS.
Status check_complete(const std::string &path, int fd, const Elf64_Ehdr &header,
                      std::uint64_t size) {
  const auto cut = [&](std::uint64_t needed) {
    return fail(Code::Config, fmt::format("{} is cut short: it has {} bytes, its headers need {}; "
                                          "copy the file again",
                                          path, size, needed));
  };
  // The section headers are at the end of the file, so they show a cut that loading would not.
  const std::uint64_t ends[] = {header.e_phoff + std::uint64_t{header.e_phnum} * header.e_phentsize,
                                header.e_shoff +
                                    std::uint64_t{header.e_shnum} * header.e_shentsize};
  for (const std::uint64_t end : ends)
    if (end > size)
      return cut(end);
  const auto segments =
      read_table<Elf64_Phdr>(fd, header.e_phoff, header.e_phnum, header.e_phentsize);
  if (!segments)
    return fail(Code::Config, fmt::format("{} has program headers that cannot be read", path));
  bool loads = false;
  for (const Elf64_Phdr &segment : *segments) {
    if (segment.p_type != PT_LOAD)
      continue;
    loads = true;
    if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset)
      return cut(segment.p_offset + segment.p_filesz);
  }
  if (!loads)
    return fail(Code::Config, fmt::format("{} has nothing to load: it may hold debug information "
                                          "only",
                                          path));
  return {};
}

Status check_mode(const std::string &path, const struct stat &info) {
  if (!S_ISREG(info.st_mode))
    return fail(Code::Config, fmt::format("{} is not a regular file", path));
  if ((info.st_mode & S_IWOTH) != 0)
    return fail(Code::Config, fmt::format("{} may be written by everyone, so anyone on this "
                                          "machine could put code into it: run `chmod o-w {}`",
                                          path, path));
  return {};
}

Result<UniqueFd> open_file(const std::string &path) {
  if (!path.starts_with('/'))
    return fail(Code::Config, fmt::format("plugin path '{}' is not absolute", path));
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd)
    return fail(Code::Config, fmt::format("cannot open plugin {}: {}", path, std::strerror(errno)));
  return fd;
}

struct DynamicSymbols {
  std::vector<Elf64_Sym> symbols;
  std::vector<char> names;
};

std::optional<DynamicSymbols> read_dynamic_symbols(int fd) {
  Elf64_Ehdr header;
  if (!read_at(fd, &header, sizeof header, 0))
    return std::nullopt;
  const auto sections =
      read_table<Elf64_Shdr>(fd, header.e_shoff, header.e_shnum, header.e_shentsize);
  if (!sections)
    return std::nullopt;
  for (const Elf64_Shdr &section : *sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections->size())
      continue;
    const Elf64_Shdr &strings = (*sections)[section.sh_link];
    auto symbols = read_table<Elf64_Sym>(fd, section.sh_offset, section.sh_size / sizeof(Elf64_Sym),
                                         section.sh_entsize);
    auto names = read_table<char>(fd, strings.sh_offset, strings.sh_size, 1);
    if (symbols && names)
      return DynamicSymbols{*std::move(symbols), *std::move(names)};
  }
  return std::nullopt;
}

} // namespace

Status check_file(const std::string &path) {
  HOST_ASSIGN(const UniqueFd fd, open_file(path));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0)
    return fail(Code::Config, fmt::format("cannot stat plugin {}: {}", path, std::strerror(errno)));
  HOST_TRY(check_mode(path, info));
  const auto size = static_cast<std::uint64_t>(info.st_size);
  Elf64_Ehdr header{};
  const bool complete = read_at(fd.get(), &header, sizeof header, 0);
  if (size < SELFMAG || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return fail(Code::Config, fmt::format("{} is not a plugin: it is no shared object (no ELF "
                                          "header)",
                                          path));
  if (!complete)
    return fail(Code::Config, fmt::format("{} is cut short: it has {} bytes, less than an ELF "
                                          "header; copy the file again",
                                          path, size));
  HOST_TRY(check_identity(path, header));
  return check_complete(path, fd.get(), header, size);
}

std::vector<std::string> exported_functions(const std::string &path, std::size_t limit) {
  std::vector<std::string> functions;
  const auto fd = open_file(path);
  const auto table = fd ? read_dynamic_symbols(fd->get()) : std::nullopt;
  if (!table)
    return functions;
  for (const Elf64_Sym &symbol : table->symbols) {
    const bool defined = symbol.st_shndx != SHN_UNDEF;
    const bool function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC;
    if (!defined || !function || symbol.st_name >= table->names.size())
      continue;
    const char *name = table->names.data() + symbol.st_name;
    functions.emplace_back(name, ::strnlen(name, table->names.size() - symbol.st_name));
  }
  std::sort(functions.begin(), functions.end());
  functions.resize(std::min(functions.size(), limit));
  return functions;
}

} // namespace host::plugin

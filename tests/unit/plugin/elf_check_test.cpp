#include <elf.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/plugin/elf_check.h"

namespace host::plugin {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class ElfCheck : public ::testing::Test {
protected:
  ElfCheck()
      : folder_(std::filesystem::temp_directory_path() /
                ("elf_check." + std::to_string(::getpid()))),
        good_(std::string(std::getenv("PLUGIN_FIXTURES")) + "/good.so") {
    std::filesystem::create_directories(folder_);
    std::ifstream in(good_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }
  ~ElfCheck() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string &content) {
    const auto path = folder_ / "x.so";
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    return path;
  }
  static std::string refusal(const std::string &path) {
    const Status status = check_file(path);
    return status ? "(accepted)" : status.error().message();
  }
  std::string refusal_of_patched(std::size_t offset, const std::string &patch) {
    std::string copy = bytes_;
    copy.replace(offset, patch.size(), patch);
    return refusal(write(copy));
  }

  const std::filesystem::path folder_;
  const std::string good_;
  std::string bytes_;
};

TEST_F(ElfCheck, AcceptsAPlugin) { EXPECT_EQ(refusal(good_), "(accepted)"); }

TEST_F(ElfCheck, NotAnObject) {
  EXPECT_THAT(refusal(write("#!/bin/sh\n")), HasSubstr("it is no shared object (no ELF header)"));
  EXPECT_THAT(refusal(write("")), HasSubstr("it is no shared object"));
  EXPECT_THAT(refusal(folder_), HasSubstr("is not a regular file"));
  EXPECT_THAT(refusal(folder_ / "none.so"), HasSubstr("No such file"));
  EXPECT_THAT(refusal("good.so"), HasSubstr("is not absolute"));
}

TEST_F(ElfCheck, CutShortAnywhere) {
  EXPECT_THAT(refusal(write(bytes_.substr(0, 20))), HasSubstr("cut short: it has 20 bytes"));
  EXPECT_THAT(refusal(write(bytes_.substr(0, 70))), HasSubstr("cut short"));
  EXPECT_THAT(refusal(write(bytes_.substr(0, bytes_.size() / 4))), HasSubstr("cut short"));
}

TEST_F(ElfCheck, OtherMachines) {
  EXPECT_THAT(refusal_of_patched(EI_CLASS, {ELFCLASS32}), HasSubstr("is a 32-bit object"));
  EXPECT_THAT(refusal_of_patched(EI_DATA, {ELFDATA2MSB}), HasSubstr("is a big-endian object"));
  const char riscv[] = {static_cast<char>(EM_RISCV), 0};
  EXPECT_THAT(refusal_of_patched(offsetof(Elf64_Ehdr, e_machine), std::string(riscv, 2)),
              HasSubstr("is built for RISC-V; this host runs on"));
}

TEST_F(ElfCheck, OtherKindsOfElf) {
  const std::size_t at = offsetof(Elf64_Ehdr, e_type);
  EXPECT_THAT(refusal_of_patched(at, std::string("\x02\0", 2)), HasSubstr("is a program"));
  EXPECT_THAT(refusal_of_patched(at, std::string("\x01\0", 2)), HasSubstr("link it with -shared"));
  EXPECT_THAT(refusal_of_patched(at, std::string("\x04\0", 2)), HasSubstr("is a core dump"));
}

TEST_F(ElfCheck, DamagedHeaders) {
  const std::string huge(8, '\x7f');
  EXPECT_THAT(refusal_of_patched(offsetof(Elf64_Ehdr, e_phoff), huge), HasSubstr("cut short"));
  EXPECT_THAT(refusal_of_patched(offsetof(Elf64_Ehdr, e_phentsize), std::string("\x01\0", 2)),
              HasSubstr("program headers that cannot be read"));
  EXPECT_THAT(refusal_of_patched(offsetof(Elf64_Ehdr, e_phnum), std::string("\0\0", 2)),
              HasSubstr("nothing to load"));
}

TEST_F(ElfCheck, WorldWritable) {
  const std::string path = write(bytes_);
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  EXPECT_THAT(refusal(path), HasSubstr("may be written by everyone"));
  EXPECT_THAT(refusal(path), HasSubstr("chmod o-w " + path));
}

TEST_F(ElfCheck, ListsExports) {
  EXPECT_THAT(exported_functions(good_, 100), Contains("sluice_plugin_entry_v0"));
  EXPECT_TRUE(exported_functions(good_, 0).empty());
  EXPECT_TRUE(exported_functions(write("nothing"), 100).empty());
}

} // namespace
} // namespace host::plugin

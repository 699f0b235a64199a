#include "host/storage/offset_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/unit/storage/temp_folder.h"

namespace host::storage {
namespace {

const std::vector<OffsetRecord> kRecords = {
    {R"(["c",{"filename":"/a b\tc"}])", R"({"position":42})"},
    {R"(["größe",{"p":1,"q":null}])", R"({"a":[1,2],"b":"x"})"},
    {R"(["c",null])", "7"}};

std::string message_of(std::string_view text) {
  const auto parsed = parse_offsets(text, "/o");
  return parsed ? "" : parsed.error().message();
}

TEST(OffsetFile, ReadsWhatItWrote) {
  const std::string text = format_offsets(kRecords);
  EXPECT_EQ(text.substr(0, 18), "#sluice-offsets 1\n");
  EXPECT_EQ(parse_offsets(text, "/o").value(), kRecords);
  EXPECT_TRUE(parse_offsets("", "/o")->empty()) << "as mktemp makes it";
  EXPECT_TRUE(parse_offsets(format_offsets({}), "/o").value().empty());
}

TEST(OffsetFile, NoPrefixOfAFilePassesForTheWhole) {
  std::vector<OffsetRecord> records;
  for (int i = 0; i < 12; ++i) // `#end 1` must not pass for `#end 12`
    records.push_back({"[\"c\",{\"p\":" + std::to_string(i) + "}]", "{}"});
  const std::string text = format_offsets(records);
  for (std::size_t size = 1; size < text.size(); ++size)
    EXPECT_FALSE(parse_offsets(text.substr(0, size), "/o")) << size;
}

TEST(OffsetFile, DamageIsNamedWithItsLineAndWhatToDo) {
  const std::string advice =
      ". Bring back a good copy, or move it away to let every source start from its beginning.";
  const std::string what = "The offsets file '/o' cannot be used: ";
  const std::string head = "#sluice-offsets 1\n";
  EXPECT_EQ(message_of("hello\n"), what + "its first line is not that of an offsets file" + advice);
  EXPECT_EQ(message_of(head + "[\"c\",{}]\t{}\n"), what + "it is cut off in line 3" + advice);
  EXPECT_EQ(message_of(head + "[\"c\",{}]\t{}\n#end 2\n"),
            what + "it has 1 offsets and its last line says `#end 2`" + advice);
  EXPECT_EQ(message_of(head + "#end 0\nx\n"),
            what + "there is more after its last line, in line 3" + advice);
  EXPECT_EQ(message_of(head + "[\"c\",{}] {}\n#end 1\n"),
            what + "line 2: it is not a key, a tab and a value" + advice);
  EXPECT_EQ(message_of(head + "[\"c\"]\t{}\n#end 1\n"),
            what + "line 2: the key of an offset must be [\"<connector>\",{<partition>}]" + advice);
  EXPECT_EQ(message_of(head + "[\"c\",{}]\t{\n#end 1\n"),
            what + "line 2: the value of an offset is no JSON" + advice);
}

TEST(OffsetFile, JavasFileIsRefusedByName) {
  const std::string java("\xAC\xED\x00\x05sr\x00\x11java.util.HashMap", 24);
  EXPECT_EQ(
      message_of(java),
      "The offsets file '/o' was written by Apache Kafka Connect, as serialized Java objects, "
      "which only Java can read. Set offset.storage.file.filename to another file; the "
      "sources then start from their beginning.");
}

TEST(OffsetFile, OnlyOffsetsThatFitALineAreTaken) {
  EXPECT_TRUE(check_offset({R"(["c",{}])", std::nullopt}));
  EXPECT_FALSE(check_offset({R"(["c", {}])"
                             "\n",
                             "{}"}));
  EXPECT_FALSE(check_offset({R"(["c",{}])", "{\t}"}));
  EXPECT_FALSE(check_offset({R"(["c",{}])", "{"}));
  EXPECT_FALSE(check_offset({"c", "{}"}));
}

TEST(OffsetFile, ReplacingKeepsTheModeAndLeavesNoDraft) {
  const test::TempFolder folder;
  const std::string path = folder / "o";
  EXPECT_EQ(read_file(path).value(), "");
  ASSERT_TRUE(replace_file(path, "one"));
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  ASSERT_TRUE(replace_file(path, "two"));
  EXPECT_EQ(read_file(path).value(), "two");
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(OffsetFile, FailuresNameTheFileAndTheReason) {
  const test::TempFolder folder;
  EXPECT_EQ(replace_file(folder / "no/o", "x").error().message(),
            "cannot open '" + (folder / "no/o.tmp") + "': No such file or directory");
  EXPECT_EQ(read_file(folder.path()).error().message(),
            "cannot read the offsets file '" + folder.path().string() + "': Is a directory");
}

} // namespace
} // namespace host::storage

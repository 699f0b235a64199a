#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "host/config/worker_config.h"

namespace host::config {
namespace {

constexpr const char *kFile = SLUICE_SOURCE_DIR "/docs/reference/worker-config.md";

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string default_of(const ConfigKey &key) {
  if (key.required())
    return "required";
  return is_null(*key.default_value) ? "none" : "`" + to_text(*key.default_value) + "`";
}

// The reference page, from the table that checks worker files.
std::string page() {
  std::string text =
      "# Worker settings\n\n"
      "Made from the table that checks worker files; a test compares the two. Keys of "
      "clients and converters go\nbehind `producer.`, `consumer.`, `admin.`, "
      "`key.converter.`, `value.converter.`: see\n[client-keys.md](client-keys.md).\n";
  for (const std::string &group : worker_def().groups()) {
    text += "\n## " + group + "\n\n| key | type | default | meaning |\n|---|---|---|---|\n";
    for (const ConfigKey &key : worker_def().keys())
      if (key.group == group)
        text += "| `" + key.name + "` | " + std::string(name_of(key.type)) + " | " +
                default_of(key) + " | " + cell(key.documentation) + " |\n";
  }
  return text;
}

TEST(WorkerReference, PageEqualsTheTable) {
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr)
    std::ofstream(kFile, std::ios::binary) << page();
  std::ifstream in(kFile, std::ios::binary);
  const std::string stored{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(stored, page()) << "run config_test with SLUICE_UPDATE_DOCS=1 and look at the change";
}

} // namespace
} // namespace host::config

#include "host/kafka/client_keys.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/tsv.h"

namespace host::kafka {
namespace {

struct JavaKey {
  std::uint8_t clients = 0;
  std::string type;
};

std::uint8_t bit_of(const std::string &client) {
  return client == "P" ? kProducerKey : client == "C" ? kConsumerKey : kAdminKey;
}

std::map<std::string, JavaKey> java_keys() {
  std::map<std::string, JavaKey> keys;
  for (const auto &row : test::read_tsv("unit/kafka/java_client_keys.tsv")) {
    keys[row[1]].clients |= bit_of(row[0]);
    keys[row[1]].type = row[2];
  }
  return keys;
}

TEST(ClientKeys, AreJavasKeysWithJavasTypesAndClients) {
  const auto java = java_keys();
  ASSERT_GT(java.size(), 130u);
  std::set<std::string> ours;
  for (const ClientKey &key : client_keys()) {
    ours.insert(std::string(key.java));
    const auto found = java.find(std::string(key.java));
    ASSERT_NE(found, java.end()) << key.java;
    EXPECT_EQ(config::name_of(key.type), found->second.type) << key.java;
    EXPECT_EQ(key.clients, found->second.clients) << key.java;
    EXPECT_EQ(find_client_key(key.java), &key) << "out of order";
  }
  for (const auto &[name, key] : java)
    EXPECT_TRUE(ours.contains(name)) << name;
  EXPECT_EQ(find_client_key("linger"), nullptr);
}

TEST(ClientKeys, ValuesAreRefusedAsJavaRefusesThem) {
  const auto rows = test::read_tsv("unit/kafka/java_client_values.tsv");
  ASSERT_GT(rows.size(), 60u);
  for (const auto &row : rows) {
    const ClientKey *key = find_client_key(row[1]);
    ASSERT_NE(key, nullptr) << row[1];
    const auto parsed = parse_client_value(*key, row[2]);
    EXPECT_EQ(parsed ? "OK" : parsed.error().message(), row[3]) << row[1] << "=" << row[2];
  }
}

std::string_view fate_text(KeyFate fate) {
  switch (fate) {
  case KeyFate::Passed:
    return "passed";
  case KeyFate::Translated:
    return "translated";
  case KeyFate::Handled:
    return "by Sluice";
  case KeyFate::Ignored:
    return "no effect";
  case KeyFate::Unsupported:
    return "warned about";
  }
  return "";
}

std::string clients_text(std::uint8_t clients) {
  std::string text;
  for (const auto &[bit, letter] :
       {std::pair{kProducerKey, 'P'}, {kConsumerKey, 'C'}, {kAdminKey, 'A'}})
    if (clients & bit)
      text += letter;
  return text;
}

std::string reference() {
  std::ostringstream out;
  out << "# Kafka client keys\n\n"
         "Which keys of Apache Kafka 4.3's clients may stand behind `producer.`, `consumer.` and "
         "`admin.` in a\nworker's configuration, behind `producer.override.`, "
         "`consumer.override.` and `admin.override.` in a\nconnector's, or (for the internal "
         "topics) without a prefix in a worker's, and what becomes of them.\nValues are checked "
         "as Java's clients check them; numbers outside librdkafka's range become the\nnearest "
         "inside. A key that is not here, or is *warned about*, is named once in the log.\n\n"
         "Clients: P producer, C consumer, A admin. This table is made from the code: "
         "`SLUICE_UPDATE_DOCS=1\nkafka_test` writes it.\n\n"
         "| key | clients | type | what becomes of it | librdkafka's key | notes |\n"
         "|---|---|---|---|---|---|\n";
  for (const ClientKey &key : client_keys()) {
    const std::string range =
        key.highest != 0 ? fmt::format("{} to {}", key.lowest, key.highest) : std::string();
    const std::string_view join = !range.empty() && !key.note.empty() ? "; " : "";
    out << fmt::format("| `{}` | {} | {} | {} | {} | {}{}{} |\n", key.java,
                       clients_text(key.clients), config::name_of(key.type), fate_text(key.fate),
                       key.native.empty() ? "" : fmt::format("`{}`", key.native), range, join,
                       key.note);
  }
  return out.str();
}

TEST(ClientKeys, TheReferenceIsMadeOfThem) {
  const std::string path = std::string(SLUICE_SOURCE_DIR) + "/docs/reference/client-keys.md";
  if (std::getenv("SLUICE_UPDATE_DOCS") != nullptr)
    std::ofstream(path) << reference();
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), reference()) << "run with SLUICE_UPDATE_DOCS=1 and commit the file";
}

} // namespace
} // namespace host::kafka

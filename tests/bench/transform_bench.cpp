// CPU time per record of each transform, on a struct and on a map of eight fields (InsertField adds
// a ninth). By hand: build/release/bin/transform_bench
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "host/data/converter.h"
#include "host/transform/chain.h"

namespace host::transform {
namespace {

constexpr int kRecords = 100'000;
constexpr int kRuns = 7;
constexpr int kBatch = 500; // records between two resets of the arena

constexpr const char *kSchema =
    R"({"schema":{"type":"struct","name":"shop.Order","fields":[)"
    R"({"field":"id","type":"int64"},{"field":"customer","type":"string","optional":true},)"
    R"({"field":"at","type":"int64"},{"field":"price","type":"double","optional":true},)"
    R"({"field":"paid","type":"boolean"},{"field":"note","type":"string","optional":true},)"
    R"({"field":"place","type":"struct","fields":[{"field":"city","type":"string"},)"
    R"({"field":"zip","type":"string"}]},{"field":"lines","type":"int32"}]},"payload":)";
constexpr const char *kPayload =
    R"({"id":7000001,"customer":"Ada Lovelace","at":1700000000123,"price":29.9,"paid":true,)"
    R"("note":null,"place":{"city":"London","zip":"W1"},"lines":3})";

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The median of what one record costs; negative if the chain does not take it.
double cost_ns(const StringMap &config, bool with_schema) {
  data::SchemaPool pool;
  auto converter =
      data::make_converter("Json", {{"schemas.enable", with_schema ? "true" : "false"}},
                           data::ConverterRole::Value, pool);
  const std::string text = with_schema ? std::string(kSchema) + kPayload + "}" : kPayload;
  data::Arena kept;
  const data::Datum value = (*converter)->to_connect("t", data::bytes_of(text), kept).value();
  auto chain = Chain::create(config, pool);
  if (!chain)
    return -1;
  data::Arena arena;
  Record record;
  std::vector<double> runs;
  for (int run = 0; run < kRuns; ++run) {
    const double begin = cpu_seconds();
    for (int i = 0; i < kRecords; ++i) {
      if (i % kBatch == 0)
        arena.reset();
      record.topic = "orders";
      record.partition = 3;
      record.timestamp_ms = 1700000000123;
      record.headers.clear();
      record.key = data::null_datum();
      record.value = value;
      if (chain->apply(record, arena) == Outcome::Failed)
        return -1;
    }
    runs.push_back((cpu_seconds() - begin) * 1e9 / kRecords);
  }
  std::sort(runs.begin(), runs.end());
  return runs[runs.size() / 2];
}

struct Case {
  const char *name;
  const char *type;
  std::vector<StringMap::Entry> keys;
};

void measure(const Case &one) {
  StringMap config{
      {"transforms", "a"},
      {"transforms.a.type", std::string("org.apache.kafka.connect.transforms.") + one.type}};
  for (const auto &[key, value] : one.keys)
    config.set("transforms.a." + key, value);
  std::printf("| %-28s |", one.name);
  for (const bool with_schema : {true, false}) {
    const double ns = cost_ns(config, with_schema);
    if (ns < 0)
      std::printf("      – |");
    else
      std::printf(" %6.0f |", ns);
  }
  std::printf("\n");
}

int run() {
  std::printf("| transform                    | struct |    map |\n|---|---:|---:|\n");
  for (const Case &one : std::vector<Case>{
           {"Cast, two fields", "Cast$Value", {{"spec", "lines:int64,price:string"}}},
           {"DropHeaders", "DropHeaders", {{"headers", "a"}}},
           {"ExtractField", "ExtractField$Value", {{"field", "customer"}}},
           {"Filter", "Filter", {}},
           {"Flatten", "Flatten$Value", {}},
           {"HeaderFrom, move one",
            "HeaderFrom$Value",
            {{"fields", "customer"}, {"headers", "c"}, {"operation", "move"}}},
           {"HoistField", "HoistField$Value", {{"field", "order"}}},
           {"InsertField, the topic", "InsertField$Value", {{"topic.field", "topic"}}},
           {"InsertHeader", "InsertHeader", {{"header", "a"}, {"value.literal", "1"}}},
           {"MaskField, one", "MaskField$Value", {{"fields", "customer"}}},
           {"RegexRouter", "RegexRouter", {{"regex", "(.*)s"}, {"replacement", "$1"}}},
           {"ReplaceField, drop and rename",
            "ReplaceField$Value",
            {{"exclude", "note"}, {"renames", "id:order"}}},
           {"SetSchemaMetadata", "SetSchemaMetadata$Value", {{"schema.name", "n"}}},
           {"TimestampConverter to text",
            "TimestampConverter$Value",
            {{"field", "at"}, {"target.type", "string"}, {"format", "yyyy-MM-dd HH:mm:ss"}}},
           {"TimestampConverter to Timestamp",
            "TimestampConverter$Value",
            {{"field", "at"}, {"target.type", "Timestamp"}}},
           {"TimestampRouter", "TimestampRouter", {}},
           {"ValueToKey, one", "ValueToKey", {{"fields", "id"}}},
       })
    measure(one);
  return 0;
}

} // namespace
} // namespace host::transform

int main() { return host::transform::run(); }

// CPU time per record of the JSON converter, text to tape and tape to text, beside simdjson's
// parsing of the same bytes, which only finds out what is there. By hand:
// build/release/bin/converter_bench
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <simdjson.h>

#include "host/data/converter.h"

namespace host::data {
namespace {

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

constexpr int kRecords = 100'000;
constexpr int kRuns = 9;
constexpr int kBatch = 500; // records between two resets of the arena

// What one call of `work` costs in one run.
template <class Work> double run_ns(Work work) {
  const double begin = cpu_seconds();
  for (int i = 0; i < kRecords; ++i)
    work(i);
  return (cpu_seconds() - begin) * 1e9 / kRecords;
}

double median(std::vector<double> &runs) {
  std::sort(runs.begin(), runs.end());
  return runs[runs.size() / 2];
}

// The three in turn, so that a slow moment of the machine hits all.
void measure(const char *name, Converter &converter, const std::string &text) {
  Arena arena;
  std::string out;
  std::size_t used = 0;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  Arena kept;
  const Datum datum = converter.to_connect("t", bytes_of(text), kept).value();
  std::vector<double> floor, read, write;
  for (int run = 0; run < kRuns; ++run) {
    floor.push_back(run_ns([&](int) { used += parser.parse(padded).error() == 0 ? 1 : 0; }));
    read.push_back(run_ns([&](int i) {
      if (i % kBatch == 0)
        arena.reset();
      used += converter.to_connect("t", bytes_of(text), arena)->n_cells;
    }));
    write.push_back(run_ns([&](int) { used += converter.from_connect("t", datum, out)->len; }));
  }
  const double base = median(floor);
  const double in = median(read);
  const double back = median(write);
  std::printf("| %-24s | %5zu | %6.0f | %6.0f | %5.2f | %6.0f | %5.2f |%s\n", name, text.size(),
              base, in, in / base, back, back / base, used == 0 ? " nothing done" : "");
}

// Records as they are found in topics: 100 B, 300 B and 1 KB of payload.
struct Example {
  const char *name;
  std::string payload;
  std::string schema;
};

std::string field(const char *type, const char *name) {
  return std::string(R"({"type":")") + type + R"(","optional":true,"field":")" + name + "\"}";
}

std::string structure(std::initializer_list<std::string> fields, const char *more = "") {
  std::string text = R"({"type":"struct","fields":[)";
  for (const std::string &one : fields)
    text += (text.back() == '[' ? "" : ",") + one;
  return text + R"(],"optional":true)" + more + "}";
}

Example small() {
  return {
      "100 B",
      R"({"id":1234567,"name":"some customer","active":true,"balance":1234.56,"city":"Springfield",)"
      R"("n":null})",
      structure({field("int64", "id"), field("string", "name"), field("boolean", "active"),
                 field("double", "balance"), field("string", "city"), field("int32", "n")})};
}

const std::string kTags = R"({"type":"array","items":{"type":"string"},"optional":true,)"
                          R"("field":"tags"})";
const std::string kAddress =
    structure({field("string", "street"), field("string", "city"), field("string", "zip")},
              R"(,"field":"address")");

Example middle() {
  return {
      "300 B",
      R"({"id":1234567,"name":"some customer","active":true,"balance":1234.56,"tags":["a","b","c"],)"
      R"("address":{"street":"Main Street 1","city":"Springfield","zip":"12345"},"note":null,)"
      R"("created":1700000000123,"description":"a longer text that fills the object to its size,)"
      R"( more or less three hundred bytes"})",
      structure({field("int64", "id"), field("string", "name"), field("boolean", "active"),
                 field("double", "balance"), kTags, kAddress, field("string", "note"),
                 field("int64", "created"), field("string", "description")})};
}

// Five lines of an order.
Example large() {
  std::string lines;
  for (int i = 0; i < 5; ++i)
    lines += (i > 0 ? "," : "") +
             (R"({"sku":"ARTICLE-00)" + std::to_string(i) + R"(","quantity":)" +
              std::to_string(i * 3 + 1) + R"(,"price":)" + std::to_string(19 + i) +
              R"(.95,"title":"something that is sold here, well known","gift":false})");
  const std::string line =
      structure({field("string", "sku"), field("int32", "quantity"), field("double", "price"),
                 field("string", "title"), field("boolean", "gift")});
  return {"1 KB",
          R"({"order":987654321,"customer":"a customer of ours","currency":"EUR","total":1234.56,)"
          R"("placed":1700000000123,"paid":true,"address":{"street":"Main Street 1","city":)"
          R"("Springfield","zip":"12345"},"lines":[)" +
              lines +
              R"(],"comment":"please ring twice, the bell is not always heard; leave it with the )"
              R"(neighbours otherwise, they know about it and are at home all day long","tags":)"
              R"(["web","returning","newsletter"]})",
          structure({field("int64", "order"), field("string", "customer"),
                     field("string", "currency"), field("double", "total"),
                     field("int64", "placed"), field("boolean", "paid"), kAddress,
                     R"({"type":"array","items":)" + line + R"(,"optional":true,"field":"lines"})",
                     field("string", "comment"), kTags})};
}

int run() {
  SchemaPool pool;
  const auto make = [&](const StringMap &config) {
    return make_converter("Json", config, ConverterRole::Value, pool).value();
  };
  const auto plain = make({{"schemas.enable", "false"}});
  const auto enveloped = make({});
  std::printf("| record                   | bytes |  floor | read   |   ×   | write  |   ×   |\n"
              "|---|---|---|---|---|---|---|\n");
  for (const Example &example : {small(), middle(), large()}) {
    measure((std::string(example.name) + ", schemaless").c_str(), *plain, example.payload);
    measure((std::string(example.name) + ", envelope").c_str(), *enveloped,
            R"({"schema":)" + example.schema + R"(,"payload":)" + example.payload + "}");
  }
  return 0;
}

} // namespace
} // namespace host::data

int main() { return host::data::run(); }

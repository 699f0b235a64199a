// CPU time per record of the JSON converter, text to tape and tape to text; prints nanoseconds. Run
// by hand: build/release/bin/converter_bench
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "host/data/converter.h"

namespace host::data {
namespace {

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

constexpr int kRecords = 200'000;
constexpr int kRuns = 5;
constexpr int kBatch = 500; // records between two resets of the arena

// The median over some runs of what one call of `work` costs.
template <class Work> double median_ns(Work work) {
  std::vector<double> runs;
  for (int run = 0; run < kRuns; ++run) {
    const double begin = cpu_seconds();
    for (int i = 0; i < kRecords; ++i)
      work(i);
    runs.push_back((cpu_seconds() - begin) * 1e9 / kRecords);
  }
  std::sort(runs.begin(), runs.end());
  return runs[kRuns / 2];
}

void measure(const char *name, Converter &converter, const std::string &text) {
  Arena arena;
  std::string out;
  std::size_t used = 0;
  const double read = median_ns([&](int i) {
    if (i % kBatch == 0)
      arena.reset();
    used += converter.to_connect("t", bytes_of(text), arena)->n_cells;
  });
  arena.reset();
  const Datum datum = converter.to_connect("t", bytes_of(text), arena).value();
  const double write =
      median_ns([&](int) { used += converter.from_connect("t", datum, out)->len; });
  std::printf("%-36s %4zu B  text→tape %6.0f ns  tape→text %6.0f ns%s\n", name, text.size(), read,
              write, used == 0 ? " (nothing done)" : "");
}

int run() {
  SchemaPool pool;
  const auto make = [&](const StringMap &config) {
    return make_converter("Json", config, ConverterRole::Value, pool).value();
  };
  const auto plain = make({{"schemas.enable", "false"}});
  const auto enveloped = make({});
  const std::string line(98, 'x');
  const std::string object =
      R"({"id":1234567,"name":"some customer","active":true,"balance":1234.56,"tags":["a","b","c"],)"
      R"("address":{"street":"Main Street 1","city":"Springfield","zip":"12345"},"note":null,)"
      R"("created":1700000000123,"description":"a longer text that fills the object to its size,)"
      R"( more or less three hundred bytes"})";
  const std::string schema =
      R"({"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"},)"
      R"({"type":"string","optional":true,"field":"name"},{"type":"boolean","optional":true,)"
      R"("field":"active"},{"type":"double","optional":true,"field":"balance"}],"optional":false})";
  measure("string, schemaless", *plain, "\"" + line + "\"");
  measure("string, with schema", *enveloped,
          R"({"schema":{"type":"string","optional":false},"payload":")" + line + "\"}");
  measure("object, schemaless", *plain, object);
  measure(
      "struct of 4 fields, with schema", *enveloped,
      R"({"schema":)" + schema +
          R"(,"payload":{"id":1234567,"name":"some customer","active":true,"balance":1234.56}})");
  return 0;
}

} // namespace
} // namespace host::data

int main() { return host::data::run(); }

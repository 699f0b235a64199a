#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "host/app/cli_command.h"
#include "host/base/error.h"
#include "host/json/value.h"

namespace host::app::cli {

// Rows under a heading, columns as wide as their widest cell, in characters.
class Table {
public:
  explicit Table(std::vector<std::string> heading);

  void row(std::vector<std::string> cells); // as many as the heading has
  bool empty() const { return rows_.size() == 1; }
  // Each line begins with `indent`; with colours the names of states have theirs.
  std::string text(bool colours, std::string_view indent = {}) const;

private:
  std::vector<std::vector<std::string>> rows_;
};

// Text of foreign origin, made harmless for a terminal: control characters appear as `\n`, `\x1b`.
std::string visible(std::string_view text);
// The same line by line, each with `indent`; an end of line at the end of the text adds no line.
std::string visible_lines(std::string_view text, std::string_view indent);

// JSON over several lines, members in their order.
std::string pretty(const json::Value &value);

// Where a command writes to: results to `out`, complaints to `err`. Owned by main, one thread.
class Screen {
public:
  Screen(std::ostream &out, std::ostream &err, Output output, bool colours, bool terminal = false);

  // Whether results are documents for programs.
  bool documents() const { return output_ != Output::Table; }
  bool colours() const { return colours_; }
  bool terminal() const { return terminal_; } // whether `out` is one

  void write(std::string_view text); // as it is
  void flush();
  void print_document(const json::Value &document);
  // One of a list whose length nobody knows yet: JSON on a line of its own, YAML's next item.
  void print_item(const json::Value &document);
  void print_table(const Table &table, std::string_view indent = {});
  // What happened to a connector: `NAME: created`, or an item {"name", "result"}.
  void report(std::string_view name, std::string_view result);
  // A remark that is no result.
  void note(std::string_view text);
  // Says what went wrong; the exit status that it deserves.
  int complain(const Error &error);
  int complain(std::string_view text, int exit_code);

private:
  std::ostream &out_;
  std::ostream &err_;
  Output output_;
  bool colours_;
  bool terminal_;
  bool document_printed_ = false;
};

} // namespace host::app::cli

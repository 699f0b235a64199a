#include "host/config/error_keys.h"

#include "host/config/key_builder.h"

namespace host::config {

void define_error_keys(ConfigDef &def) {
  def.define(number("errors.retry.timeout", Type::Long, 0)
                 .medium()
                 .doc("For how many milliseconds a failed operation is tried again; 0 "
                      "is not at all, -1 without end.")
                 .in("Error Handling", 1)
                 .shown(Width::Medium, "Retry Timeout for Errors"));
  def.define(number("errors.retry.delay.max.ms", Type::Long, 60000)
                 .medium()
                 .doc("The longest pause between two tries, in milliseconds; around it "
                      "pauses are varied at random.")
                 .in("Error Handling", 2)
                 .shown(Width::Medium, "Maximum Delay Between Retries for Errors"));
  def.define(text("errors.tolerance", "none")
                 .medium()
                 .doc("What a record that cannot be processed does: with none the task "
                      "fails, with all the record is skipped.")
                 .in("Error Handling", 3)
                 .shown(Width::Short, "Error Tolerance")
                 .check(one_of({"none", "all"})));
  def.define(flag("errors.log.enable", false)
                 .medium()
                 .doc("Whether errors that are tolerated are logged too.")
                 .in("Error Handling", 4)
                 .shown(Width::Short, "Log Errors"));
  def.define(flag("errors.log.include.messages", false)
                 .medium()
                 .doc("Whether a logged error shows the record that it concerns, for "
                      "source records with key, value and headers; they may be "
                      "confidential.")
                 .in("Error Handling", 5)
                 .shown(Width::Short, "Log Error Details"));
}

void define_dead_letter_keys(ConfigDef &def) {
  def.define(text("errors.deadletterqueue.topic.name", "")
                 .medium()
                 .doc("The topic to which records go that this sink, its converters or "
                      "transforms could not process; empty for none.")
                 .in("Error Handling", 6)
                 .shown(Width::Medium, "Dead Letter Queue Topic Name"));
  def.define(number("errors.deadletterqueue.topic.replication.factor", Type::Short, 3)
                 .medium()
                 .doc("The replicas of the dead letter topic, if it has to be created.")
                 .in("Error Handling", 7)
                 .shown(Width::Medium, "Dead Letter Queue Topic Replication Factor"));
  def.define(flag("errors.deadletterqueue.context.headers.enable", false)
                 .medium()
                 .doc("Whether dead letters carry headers, all beginning with "
                      "__connect.errors., that say what went wrong and where.")
                 .in("Error Handling", 8)
                 .shown(Width::Medium, "Enable Error Context Headers"));
}

const ConfigDef &error_def() {
  static const ConfigDef def = [] {
    ConfigDef d;
    define_error_keys(d);
    define_dead_letter_keys(d);
    return d;
  }();
  return def;
}

} // namespace host::config

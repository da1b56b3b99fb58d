# Finds the figures of a trial in its export. Base R alone; the confirmatory model needs lme4 and is left out without it.
#
#   Rscript analysis.R study-answers.csv
#
# Writes "name,value" lines. codebook.json says what each column of the export means; the protocol says what is done
# here and why. Effects are differences of differences: (now, 2 - now, 1) - (later, 2 - later, 1).

path <- commandArgs(trailingOnly = TRUE)[1]
answers <- read.csv(path, fileEncoding = "UTF-8-BOM", stringsAsFactors = FALSE)
answers$reported <- as.integer(answers$verdict == "report-now")
answers$concern <- answers$truth == "concern"

say <- function(name, value) cat(name, ",", format(value, digits = 12, scientific = FALSE, trim = TRUE), "\n", sep = "")

groups <- data.frame(arm = c("now", "now", "later", "later"), occasion = c(2, 1, 2, 1), sign = c(1, -1, -1, 1))
pick <- function(arm, occasion, concern) {
  answers[answers$arm == arm & answers$occasion == occasion & answers$concern == concern, ]
}
rate <- function(rows) (sum(rows$reported) + 0.5) / (nrow(rows) + 1)

for (g in seq_len(nrow(groups))) {
  arm <- groups$arm[g]
  occasion <- groups$occasion[g]
  label <- paste(arm, occasion, sep = "_")
  concern <- pick(arm, occasion, TRUE)
  innocent <- pick(arm, occasion, FALSE)
  say(paste0(label, "_people"), length(unique(c(concern$person, innocent$person))))
  say(paste0(label, "_hits"), sum(concern$reported))
  say(paste0(label, "_concerns"), nrow(concern))
  say(paste0(label, "_false_alarms"), sum(innocent$reported))
  say(paste0(label, "_innocents"), nrow(innocent))
  say(paste0(label, "_sensitivity"), qnorm(rate(concern)) - qnorm(rate(innocent)))
}

# What each answer adds to the error of an effect, linearized.
added <- function(rows, factor) {
  data.frame(person = rows$person, pair = rows$pair, weight = factor * (rows$reported - rate(rows)) / nrow(rows))
}
clustered <- function(weight, by) {
  sums <- tapply(weight, by, sum)
  sum(sums^2) * length(sums) / (length(sums) - 1)
}
tell <- function(name, value, errors) {
  of_people <- clustered(errors$weight, errors$person)
  of_pairs <- clustered(errors$weight, errors$pair)
  variance <- of_people + of_pairs - clustered(errors$weight, paste(errors$person, errors$pair))
  if (variance <= 0) variance <- max(of_people, of_pairs)
  df <- min(length(unique(errors$person)), length(unique(errors$pair))) - 1
  reach <- qt(0.975, df) * sqrt(variance)
  say(paste0("effect_", name), value)
  say(paste0("effect_", name, "_low"), value - reach)
  say(paste0("effect_", name, "_high"), value + reach)
}
share <- function(name, concern) {
  value <- 0
  errors <- NULL
  for (g in seq_len(nrow(groups))) {
    rows <- pick(groups$arm[g], groups$occasion[g], concern)
    value <- value + groups$sign[g] * rate(rows)
    errors <- rbind(errors, added(rows, groups$sign[g]))
  }
  tell(name, value, errors)
}
sensitivity <- function() {
  value <- 0
  errors <- NULL
  for (g in seq_len(nrow(groups))) {
    for (concern in c(TRUE, FALSE)) {
      rows <- pick(groups$arm[g], groups$occasion[g], concern)
      sign <- groups$sign[g] * (if (concern) 1 else -1)
      z <- qnorm(rate(rows))
      value <- value + sign * z
      errors <- rbind(errors, added(rows, sign / dnorm(z)))
    }
  }
  tell("sensitivity", value, errors)
}
sensitivity()
share("false_alarms", FALSE)
share("hits", TRUE)

if (requireNamespace("lme4", quietly = TRUE)) {
  answers$truth_half <- ifelse(answers$concern, 0.5, -0.5)
  answers$arm_now <- as.integer(answers$arm == "now")
  answers$second <- as.integer(answers$occasion == 2)
  site <- if (length(unique(answers$site)) > 1) "+ (1 | site)" # a class is one site
  fixed <- "reported ~ truth_half * arm_now * second"
  model <- lme4::glmer(
    as.formula(paste(fixed, "+ (truth_half | person) + (truth_half | pair)", site)),
    data = answers, family = binomial("probit"), control = lme4::glmerControl(optimizer = "bobyqa")
  )
  row <- summary(model)$coefficients["truth_half:arm_now:second", ]
  say("model_sensitivity", row["Estimate"])
  say("model_sensitivity_error", row["Std. Error"])
}

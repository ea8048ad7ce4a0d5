# Writes r_tables.inc: what R says of fixed tables, which the tests hold against the program's statistics.
# usage: Rscript r_tables.R > r_tables.inc        (R 4.2.2; base packages only)
set.seed(20)
numbers <- function(x) paste0("{", paste(sprintf("%.12g", x), collapse = ", "), "}")
row <- function(...) cat("    {", paste(..., sep = ", "), "},\n", sep = "")
table_of <- function(type, name, rows) { cat("const std::vector<", type, "> ", name, "{\n", sep = ""); rows(); cat("};\n") }
cat("// Made by r_tables.R with ", R.version.string, ".\n", sep = "")
cat("// clang-format off\n")

# prop.test(x, n, conf.level = level, correct = FALSE) is Wilson's interval, binom.test Clopper and Pearson's.
table_of("ProportionCase", "kProportions", function() {
  for (case in list(c(0, 12, 0.95), c(1, 3400, 0.95), c(7, 55, 0.9), c(23, 23, 0.95), c(49, 51, 0.99),
                    c(310, 1204, 0.95), c(50, 123456, 0.95), c(99990, 100000, 0.95))) {
    x <- case[1]; n <- case[2]; level <- case[3]
    score <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
    exact <- binom.test(x, n, conf.level = level)$conf.int
    row(x, n, level, numbers(score), numbers(exact))
  }
})

# wilcox.test(x, conf.int = TRUE, conf.level = level): exact, for differences without ties and zeros.
table_of("PairedCase", "kPaired", function() {
  for (case in list(c(6, 0.95), c(7, 0.95), c(8, 0.9), c(10, 0.99), c(13, 0.95), c(21, 0.95), c(40, 0.95))) {
    x <- round(rnorm(case[1], 0.4, 1), 6)
    test <- wilcox.test(x, conf.int = TRUE, conf.level = case[2], exact = TRUE)
    row(numbers(x), case[2], sprintf("%.12g", test$statistic), sprintf("%.12g", test$p.value),
        sprintf("%.12g", test$estimate), numbers(test$conf.int))
  }
})

# wilcox.test(x, y, exact = TRUE), and without ties the median of all differences, which is its estimate.
table_of("TwoGroupsCase", "kTwoGroups", function() {
  for (case in list(c(2, 4), c(4, 2), c(5, 1), c(3, 3), c(6, 6), c(6, 12), c(15, 9), c(30, 30))) {
    x <- round(rnorm(case[1], 0.7), 6); y <- round(rnorm(case[2]), 6)
    test <- suppressWarnings(wilcox.test(x, y, exact = TRUE, conf.int = TRUE))  # level not reached by few
    row(numbers(x), numbers(y), sprintf("%.12g", test$statistic), sprintf("%.12g", test$p.value),
        sprintf("%.12g", test$estimate))
  }
})

# cor.test(x, y, method = "spearman"): exact up to 9 pairs, then the t approximation.
table_of("RankCase", "kRanks", function() {
  for (n in c(4, 5, 6, 7, 8, 9, 10, 25)) {
    x <- round(rnorm(n), 6); y <- round(x + rnorm(n), 6)
    test <- cor.test(x, y, method = "spearman", exact = n <= 9)
    row(numbers(x), numbers(y), sprintf("%.12g", test$estimate), sprintf("%.12g", test$p.value))
  }
})

# p.adjust(p, "BH")
table_of("FamilyCase", "kFamilies", function() {
  for (n in c(1, 3, 12, 40)) {
    p <- round(rbeta(n, 0.4, 1), 9)
    row(numbers(p), numbers(p.adjust(p, "BH")))
  }
})

# Within strata: every way to choose each stratum's first group, the rank sums added up (with ties in the last case).
table_of("StrataCase", "kStrata", function() {
  for (sizes in list(c(2, 2, 2, 2, 2, 2), c(3, 1, 1, 4), c(4, 3, 2, 2, 1, 0), c(5, 4, 3, 5))) {
    sums <- 0; observed <- 0; strata <- character(0)
    for (first in seq(1, length(sizes), by = 2)) {
      shift <- rnorm(1, 0, 3); places <- if (identical(sizes, c(5, 4, 3, 5))) 0 else 6
      x <- round(rnorm(sizes[first], 0.8) + shift, places); y <- round(rnorm(sizes[first + 1]) + shift, places)
      ranks <- rank(c(x, y)); m <- length(x)
      sums <- as.vector(outer(sums, combn(length(ranks), m, function(i) sum(ranks[i])), "+"))
      observed <- observed + sum(ranks[seq_len(m)])
      strata <- c(strata, paste0("{", numbers(x), ", ", if (length(y)) numbers(y) else "{}", "}"))
    }
    p <- min(1, 2 * min(mean(sums <= observed), mean(sums >= observed)))
    row(paste0("{", paste(strata, collapse = ", "), "}"), sprintf("%.12g", p))
  }
})

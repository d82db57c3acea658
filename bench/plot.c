// SPDX-License-Identifier: GPL-2.0-only
/*
 * plot histogram|lines TITLE X-LABEL Y-LABEL: an SVG picture on standard output.
 *   histogram   standard input: one sample a line; the slowest 1 % is not drawn, its number is written
 *   lines       standard input: "SERIES X Y" a line, both axes from 0, points of a series in order; X is drawn on a
 *               logarithmic scale if it spans more than a factor of 100
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH      720
#define HEIGHT     400
#define LEFT       80
#define RIGHT      150
#define TOP        40
#define BOTTOM     56
#define BINS       60
#define SERIES_MAX 6
#define POINTS_MAX 100000

struct point {
	double x, y;
	int series;
};

static struct point points[POINTS_MAX];
static size_t count;
static char names[SERIES_MAX][32];
static int series_count;
static const char *const colours[SERIES_MAX] = {"#1b6ac9", "#d1495b", "#2e8b57", "#8a5cb8", "#c77f00", "#555555"};

static double x_low, x_high, y_high;
static int logarithmic;

static double x_of(double x)
{
	double part = logarithmic ? log(x / x_low) / log(x_high / x_low) : (x - x_low) / (x_high - x_low);

	return LEFT + part * (WIDTH - LEFT - RIGHT);
}

static double y_of(double y)
{
	return HEIGHT - BOTTOM - y / y_high * (HEIGHT - TOP - BOTTOM);
}

/* 1, 2 or 5 times a power of ten: about @p wanted steps up to @p high. */
static double step_of(double high, int wanted)
{
	double raw = high / wanted, power = pow(10, floor(log10(raw)));

	return raw / power < 1.5 ? power : raw / power < 3.5 ? 2 * power : raw / power < 7.5 ? 5 * power : 10 * power;
}

/* Titles come from the command line; the picture must stay well-formed. */
static void print_text(double x, double y, const char *attributes, const char *text)
{
	printf("<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", stdout);
		else if (*text == '&')
			fputs("&amp;", stdout);
		else
			putchar(*text);
	}
	puts("</text>");
}

static void print_y_axis(const char *label)
{
	double step = step_of(y_high, 5);
	char text[32];

	for (double y = 0; y <= y_high * 1.0001; y += step) {
		printf("<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", LEFT, y_of(y), WIDTH - RIGHT);
		snprintf(text, sizeof(text), "%g", y);
		print_text(LEFT - 8, y_of(y) + 4, "text-anchor=\"end\"", text);
	}
	printf("<g transform=\"translate(18 %d) rotate(-90)\">", (TOP + HEIGHT - BOTTOM) / 2);
	print_text(0, 0, "text-anchor=\"middle\"", label);
	puts("</g>");
}

static void print_x_mark(double x)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", x);
	printf("<path d=\"M%.1f %dv5\" stroke=\"#333\"/>\n", x_of(x), HEIGHT - BOTTOM);
	print_text(x_of(x), HEIGHT - BOTTOM + 20, "text-anchor=\"middle\"", text);
}

static void print_frame(const char *title, const char *x_label, const char *y_label)
{
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
	       "font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
	       WIDTH, HEIGHT, WIDTH, HEIGHT);
	print_text(LEFT, 22, "font-size=\"15\"", title);
	print_y_axis(y_label);
	print_text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "text-anchor=\"middle\"", x_label);
	printf("<path d=\"M%d %dH%d\" stroke=\"#333\"/>\n", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
}

static void plot_histogram(char **argv)
{
	unsigned int bins[BINS] = {0}, most = 0;
	double width, step;
	char note[96];
	size_t left_out = 0;
	int bin;

	x_low = x_high = points[0].x;
	for (size_t i = 0; i < count; i++)
		x_low = fmin(x_low, points[i].x);
	/* the slowest 1 %: the smallest bound with at most that many above it */
	for (size_t i = 0; i < count; i++) {
		size_t above = 0;

		for (size_t k = 0; k < count; k++)
			above += points[k].x > points[i].x;
		if (above * 100 <= count && (left_out == 0 || points[i].x < x_high)) {
			x_high = points[i].x;
			left_out = above + 1;
		}
	}
	left_out -= left_out > 0;
	if (x_high <= x_low)
		x_high = x_low + 1;
	width = (x_high - x_low) / BINS;
	for (size_t i = 0; i < count; i++) {
		if (points[i].x > x_high)
			continue;
		bin = (int)((points[i].x - x_low) / width);
		bin = bin < BINS ? bin : BINS - 1;
		if (++bins[bin] > most)
			most = bins[bin];
	}
	y_high = most;
	print_frame(argv[2], argv[3], argv[4]);
	for (bin = 0; bin < BINS; bin++)
		printf("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		       x_of(x_low + bin * width), y_of(bins[bin]), (double)(WIDTH - LEFT - RIGHT) / BINS - 1,
		       HEIGHT - BOTTOM - y_of(bins[bin]), colours[0]);
	step = step_of(x_high - x_low, 6);
	for (double x = ceil(x_low / step) * step; x <= x_high; x += step)
		print_x_mark(x);
	snprintf(note, sizeof(note), "%zu samples", count);
	print_text(WIDTH - RIGHT + 10, TOP + 10, "", note);
	snprintf(note, sizeof(note), "%zu beyond the right edge", left_out);
	print_text(WIDTH - RIGHT + 10, TOP + 26, "font-size=\"10\"", note);
}

static void plot_lines(char **argv)
{
	x_low = x_high = points[0].x;
	for (size_t i = 0; i < count; i++) {
		x_low = fmin(x_low, points[i].x);
		x_high = fmax(x_high, points[i].x);
		y_high = fmax(y_high, points[i].y);
	}
	logarithmic = x_low > 0 && x_high / x_low > 100;
	if (!logarithmic)
		x_low = 0;
	if (x_high <= x_low)
		x_high = x_low + 1;
	if (y_high <= 0)
		y_high = 1;
	y_high *= 1.05;
	print_frame(argv[2], argv[3], argv[4]);
	for (int s = 0; s < series_count; s++) {
		char command = 'M';

		printf("<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" d=\"", colours[s]);
		for (size_t i = 0; i < count; i++) {
			if (points[i].series != s)
				continue;
			printf("%c%.1f %.1f", command, x_of(points[i].x), y_of(points[i].y));
			command = 'L';
		}
		puts("\"/>");
		printf("<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"4\" fill=\"%s\"/>\n", WIDTH - RIGHT + 10,
		       TOP + 6 + 18 * s, colours[s]);
		print_text(WIDTH - RIGHT + 28, TOP + 12 + 18 * s, "", names[s]);
	}
	/* the series are measured at the same places: the first one's are marked */
	for (size_t i = 0; i < count; i++) {
		if (points[i].series == 0)
			print_x_mark(points[i].x);
	}
}

static int series_of(const char *name)
{
	for (int s = 0; s < series_count; s++) {
		if (strcmp(names[s], name) == 0)
			return s;
	}
	if (series_count == SERIES_MAX)
		return -1;
	snprintf(names[series_count], sizeof(names[0]), "%s", name);
	return series_count++;
}

static int read_points(int histogram)
{
	char name[32];
	struct point p = {0};

	while (count < POINTS_MAX) {
		int got = histogram ? scanf("%lf", &p.x) : scanf("%31s %lf %lf", name, &p.x, &p.y);

		if (got == EOF)
			break;
		if (got != (histogram ? 1 : 3) || !isfinite(p.x) || !isfinite(p.y))
			return -1;
		p.series = histogram ? 0 : series_of(name);
		if (p.series < 0)
			return -1;
		points[count++] = p;
	}
	return count ? 0 : -1;
}

int main(int argc, char **argv)
{
	int histogram = argc == 5 && strcmp(argv[1], "histogram") == 0;

	if (argc != 5 || (!histogram && strcmp(argv[1], "lines") != 0)) {
		fprintf(stderr, "usage: plot histogram|lines TITLE X-LABEL Y-LABEL <DATA\n");
		return 2;
	}
	if (read_points(histogram)) {
		fprintf(stderr, "plot: the data of \"%s\": none, or not what %s takes, after point %zu\n", argv[2],
		        argv[1], count);
		return 1;
	}
	if (histogram)
		plot_histogram(argv);
	else
		plot_lines(argv);
	puts("</svg>");
	return 0;
}

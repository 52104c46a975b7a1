"""The places, drawn into a Brush. `hour` 0 day, 1 sunset, 2 night; `pick(i)` numbers in 0..1 that belong to the layout."""
import torch

from .raster import Tone


def draw(place, brush, state, pick, clock):
    {"city": city, "ship": ship, "room": room, "ocean": ocean, "surface": surface, "coast": coast, "tower": tower,
     "office": office}[place](brush, state, pick, clock)


def sky(b, hour, pick):
    b.add(0, 0, 1.1, 1.1, Tone((.36, .66, .96), (.36, .22, .52), (.03, .04, .14)), Tone((.86, .94, 1.), (1., .62, .30), (.16, .16, .38)), fixed=True)
    sun_y = -0.62 + 0.62 * hour.clamp(max=1.5)
    b.add(-.45, sun_y, .17, .17, Tone((1., .98, .80), (1., .80, .35), (1., .5, .3)), ellipse=True, depth=.1, alpha=(1.6 - hour).clamp(0, 1))
    b.add(.5, -.6, .12, .12, (.93, .94, .86), ellipse=True, depth=.1, alpha=(hour - 1.2).clamp(0, 1))
    b.add(.56, -.63, .10, .10, Tone((.36, .66, .96), (.36, .22, .52), (.06, .06, .18)), ellipse=True, depth=.1, alpha=(hour - 1.2).clamp(0, 1))
    for i in range(5):
        b.add(pick(20 + i) * 3 - 1.5, -.95 + .6 * pick(25 + i), .018, .018, (1., 1., .9), ellipse=True, depth=.1, alpha=(hour - 1.3).clamp(0, 1), wrap=1.6)
    for i in range(2):
        x, y = pick(30 + i) * 3.2 - 1.6, -.75 + .35 * pick(32 + i)
        for dx, dy, w in ((0, 0, .26), (.12, -.05, .14)):
            b.add(x + dx, y + dy, w, .06, Tone((1., 1., 1.), (1., .72, .66), (.2, .2, .36)), ellipse=True, depth=.15, wrap=1.9, alpha=.8, soft=3)


def skyline(b, hour, pick, base, height, depth, count, salt, shades):
    for i in range(count):
        x, tall, wide = (i + .5 + .3 * (pick(salt + i) - .5)) * 4.0 / count - 2.0, height * (.55 + .45 * pick(salt + 10 + i)), .19 + .06 * pick(salt + 20 + i)
        wall = Tone(*shades[i % len(shades)])
        b.add(x, base - tall / 2, wide, tall / 2, wall, Tone((.74, .90, .98), (1., .78, .46), (1., .86, .42)), round=.03, taper=.10 if i % 2 else 0., depth=depth,
              wrap=2.0, grid=(3, 5))
        if i % 3 == 0:
            b.add(x, base - tall - .09, .015, .10, wall, depth=depth, wrap=2.0)
            b.add(x, base - tall - .19, .03, .03, (1., .35, .35), ellipse=True, depth=depth, wrap=2.0)
        elif i % 3 == 1:
            b.add(x, base - tall, wide * .9, wide * .6, wall, ellipse=True, depth=depth, wrap=2.0)


FAR = [((.56, .70, .86), (.62, .38, .50), (.13, .15, .34)), ((.63, .76, .90), (.68, .44, .52), (.16, .18, .40))]
NEAR = [((.24, .42, .62), (.34, .22, .42), (.08, .10, .24)), ((.30, .52, .62), (.42, .26, .40), (.10, .13, .28)), ((.40, .42, .66), (.44, .24, .46), (.12, .10, .28))]


def city(b, s, pick, clock):
    hour = s["hour"]
    sky(b, hour, pick)
    skyline(b, hour, pick, .45, 1.0, .45, 6, 40, FAR)
    skyline(b, hour, pick, .52, .75, .8, 5, 80, NEAR)
    b.add(0, .52, 3, .06, Tone((.72, .74, .78), (.56, .42, .48), (.22, .22, .34)))
    b.add(0, 1.1, 3, .53, Tone((.38, .40, .46), (.32, .25, .34), (.12, .12, .20)), Tone((.30, .32, .38), (.24, .19, .28), (.07, .07, .13)))
    for i in range(5):
        b.add(i * .8 - 2, .76, .17, .018, Tone((.95, .92, .75), (.95, .8, .6), (.6, .6, .5)), wrap=2.0)


def ship(b, s, pick, clock):
    b.add(0, 0, 3, 3, (.10, .14, .20))
    for i in range(5):
        k = 1.5 * .62 ** i
        shade = .50 - .07 * i
        b.add(0, 0, k, k * .86, (shade * .75, shade * .95, shade * 1.1), (shade * .6, shade * .72, shade * .86), round=.3 * k)
        b.add(0, 0, k * .90, k * .77, (shade * .42, shade * .55, shade * .70), (shade * .34, shade * .42, shade * .54), round=.26 * k)
        for side in (-1, 1):
            b.add(side * k * .94, 0, k * .018, k * .32, (.35, .95, .95), round=.01)
        b.add(0, -.80 * k, k * .30, k * .025, (.92, .98, 1.), round=.02)
    b.add(0, .86, 1.35, .52, (.30, .36, .44), (.46, .54, .62), taper=.62)
    for i in range(3):
        b.add(0, .50 + .17 * i, .62 + .2 * i, .012, (.24, .30, .38))
    b.add(0, -.05, .16, .20, (.20, .48, .85), (.10, .25, .55), round=.05)


def room(b, s, pick, clock):
    b.add(0, -.3, 3, 1.7, (.16, .30, .62), (.24, .44, .80))
    for i in range(8):
        b.add(i * .5 - 2, -.3, .012, .92, (.13, .25, .54), wrap=2.0)
    b.add(0, 1.2, 3, .62, (.12, .20, .42), (.07, .12, .28))
    b.add(0, .575, 3, .02, (.10, .17, .38))
    x, y, on = .45, -.28, s["screen"].unsqueeze(-1)
    b.add(x, y, .50, .40, (.08, .09, .13), round=.05)
    dark, deep = torch.tensor((.12, .20, .26), device=on.device), torch.tensor((.06, .50, .72), device=on.device)
    b.add(x, y, .45, .35, dark + (deep - dark) * on, dark * .7 + (deep * .55 - dark * .7) * on, round=.02)
    for i in range(3):
        fx = torch.remainder(pick(50 + i) * .6 + clock * (.028 if i != 1 else -.024), .66) - .33
        fy, way = y - .2 + .2 * i, 1. if i != 1 else -1.
        colour = ((1., .60, .15), (.98, .9, .3), (1., .35, .35))[i]
        wag = torch.sin(clock * .9 + i) * .3
        b.add(x + fx, fy, .085, .055, colour, ellipse=True, alpha=s["screen"])
        b.add(x + fx - way * .105, fy, .055, .05, colour, turn=way * 1.5708 + wag, taper=.85, alpha=s["screen"])
        b.add(x + fx + way * .045, fy - .012, .014, .014, (.05, .05, .1), ellipse=True, alpha=s["screen"])
    b.add(x, .20, .05, .12, (.14, .15, .22))
    b.add(.42, .36, .62, .045, (.80, .83, .90), (.62, .66, .76), round=.02)
    for leg in (-.1, .95):
        b.add(leg, .65, .035, .26, (.50, .54, .66))
    b.add(.22, .30, .22, .030, (.10, .11, .16), round=.015)
    b.add(.22, .29, .20, .018, (.30, .32, .40), (.85, .88, .95), grid=(7, 1))


def bubbles(b, pick, clock, count=6):
    for i in range(count):
        y = .95 - torch.remainder(pick(60 + i) * 2 + clock * (.03 + .01 * i), 2.)
        b.add(pick(66 + i) * 3.2 - 1.6 + .03 * torch.sin(clock * .4 + i), y, .022 + .014 * pick(72 + i), .022 + .014 * pick(72 + i), (.65, .88, 1.), ellipse=True,
              alpha=.5, wrap=1.6)


def weeds(b, pick, clock, dark):
    for i in range(6):
        x = i * .62 - 1.9 + .3 * pick(90 + i)
        sway = .18 * torch.sin(clock * .22 + i)
        b.add(x + sway * .15, .80, .045, .22 + .14 * pick(96 + i), (.10, .42 - dark, .30), (.04, .22 - dark * .5, .22), turn=sway, taper=.5, round=.04, wrap=1.9)


def ocean(b, s, pick, clock):
    b.add(0, 0, 1.1, 1.1, (.04, .20, .42), (.01, .05, .16), fixed=True)
    for i in range(4):
        b.add(i * 1. - 1.9 + pick(55 + i) * .5, -.8, .14, 1.5, (.20, .48, .70), turn=.22, taper=.3, alpha=.14, soft=9, depth=.5, wrap=2.0)
    for i in range(4):
        b.add(i - 1.9 + pick(76 + i) * .4, 1.0, .55, .30 + .14 * pick(80 + i), (.05, .14, .26), ellipse=True, depth=.6, wrap=2.0)
    b.add(0, 1.35, 3, .5, (.10, .16, .24), (.05, .08, .14))
    for i in range(5):
        b.add(i * .8 - 2 + .3 * pick(84 + i), .90, .14, .09, ((.42, .20, .36), (.30, .26, .34))[i % 2], ellipse=True, wrap=2.0)
    weeds(b, pick, clock, .12)
    bubbles(b, pick, clock)


def surface(b, s, pick, clock):
    b.add(0, 0, 1.1, 1.1, (.50, .88, .98), (.05, .44, .72), fixed=True)
    b.add(0, -1.45, 3, .85, (.94, .99, 1.), (.62, .90, .98))
    b.add(.25, -.78, .34, .22, (1., 1., .86), ellipse=True, soft=10, depth=.5)
    for i in range(7):
        b.add(i * .56 - 1.9 + .1 * torch.sin(clock * .25 + i), -.60 + .03 * torch.sin(clock * .35 + 2. * i), .30, .06, (.96, 1., 1.), ellipse=True, alpha=.75, soft=2, wrap=1.96)
    for i in range(5):
        b.add(i * .8 - 1.9 + pick(55 + i) * .4, .15, .10, .9, (.80, .97, 1.), turn=.25 + .04 * torch.sin(clock * .2 + i), taper=.4, alpha=.20, soft=7, depth=.6, wrap=2.0)
    weeds(b, pick, clock, .0)
    bubbles(b, pick, clock)


def coast(b, s, pick, clock):
    hour = s["hour"]
    sky(b, hour, pick)
    skyline(b, hour, pick, .12, .62, .5, 7, 40, FAR)
    b.add(0, .36, 3, .26, Tone((.14, .52, .78), (.50, .30, .46), (.05, .08, .24)), Tone((.26, .72, .86), (.92, .52, .40), (.09, .14, .34)))
    for i in range(5):
        b.add(i * .8 - 2 + .04 * torch.sin(clock * .3 + i), .20 + .09 * (i % 3), .22, .013, Tone((.75, .93, 1.), (1., .78, .55), (.3, .36, .6)), ellipse=True, depth=.8, wrap=2.0)
    b.add(0, 1.15, 3, .60, Tone((.97, .88, .64), (.86, .56, .42), (.28, .25, .36)), Tone((.88, .75, .50), (.66, .40, .36), (.18, .16, .26)))
    for i in range(6):
        b.add(i * .66 - 2 + .03 * torch.sin(clock * .35 + 1.3 * i), .57, .38, .035, Tone((1., 1., 1.), (1., .85, .76), (.5, .54, .72)), ellipse=True, wrap=1.98)


def tower(b, s, pick, clock):
    hour = s["hour"]
    sky(b, hour, pick)
    skyline(b, hour, pick, 1.0, .95, .45, 6, 40, FAR)
    wall, edge = Tone((.30, .44, .60), (.40, .26, .42), (.09, .11, .24)), Tone((.20, .32, .48), (.28, .18, .34), (.05, .07, .17))
    glass = Tone((.66, .88, .98), (1., .76, .45), (1., .88, .50))
    b.add(0, .55, .66, 1.75, edge, round=.06)
    b.add(0, .55, .60, 1.75, wall, round=.03)
    b.add(0, -1.40, .03, .30, edge)
    b.add(0, -1.24, .34, .10, wall, round=.04)
    for row in range(7):
        for column in (-1, 0, 1):
            lit = pick(100 + row * 3 + column)
            b.add(column * .39, -.98 + .32 * row, .14, .115, glass * (.62 + .38 * lit), glass * .75, round=.015)


def office(b, s, pick, clock):
    b.add(0, -.5, 3, 1.2, (.93, .91, .86), (.84, .82, .78))
    for i in range(5):
        x = i * .8 - 2
        b.add(x, -.45, .31, .36, (.98, .98, .97), round=.02, wrap=2.0)
        b.add(x, -.45, .27, .32, (.46, .74, .96), (.82, .92, .99), wrap=2.0)
        b.add(x - .1, -.27, .08, .14, (.52, .66, .82), (.86, .94, .98), wrap=2.0, grid=(2, 3))
        b.add(x, -.45, .012, .32, (.98, .98, .97), wrap=2.0)
    for i in range(4):
        b.add(i - 2., -.94, .28, .025, (1., 1., .92), wrap=2.0)
    b.add(0, 1.0, 3, .62, (.50, .54, .60), (.38, .41, .47))
    for i in range(4):
        x = i * 1.0 - 1.9
        b.add(x, .44, .42, .04, (.78, .56, .34), (.62, .42, .24), round=.015, wrap=2.0)
        b.add(x - .32, .64, .05, .18, (.52, .36, .22), wrap=2.0)
        b.add(x + .32, .64, .09, .18, (.52, .36, .22), (.44, .30, .18), wrap=2.0)
        b.add(x + .05, .62, .13, .15, (.20, .24, .34), round=.05, wrap=2.0)
        b.add(x, .375, .02, .035, (.16, .17, .22), wrap=2.0)
        b.add(x, .25, .15, .10, (.16, .18, .24), (.24, .28, .36), round=.02, wrap=2.0)

"""The subjects, drawn from boxes and ellipses in units of their own size around their centre; feet stand at +1."""
import torch

INK = {"white": (.96, .96, .98), "red": (.90, .16, .16), "blue": (.16, .36, .96), "green": (.12, .70, .28), "yellow": (.99, .86, .16),
       "orange": (.98, .54, .10), "purple": (.62, .24, .82), "black": (.13, .13, .17)}
DARK = (.07, .07, .11)


class Body:
    def __init__(self, brush, state):
        self.b, self.x, self.y, self.s, self.d = brush, state["x"], state["y"], state["size"], state["facing"]

    def part(self, dx, dy, hx, hy, top, bottom=None, turn=0.0, round=0.0, **more):
        turn = turn * self.d if torch.is_tensor(turn) or turn else 0.0
        self.b.add(self.x + self.d * dx * self.s, self.y + dy * self.s, hx * self.s, hy * self.s, top, bottom, turn=turn,
                   round=round * self.s if round else 0.0, **more)

    def limb(self, dx, dy, angle, length, width, top, **more):
        """Hangs from (dx, dy); angle 0 is straight down, positive forward."""
        angle = angle if torch.is_tensor(angle) else torch.full_like(self.x, float(angle))
        self.part(dx + torch.sin(angle) * length / 2, dy + torch.cos(angle) * length / 2, width, length / 2 + width * .6, top, turn=-angle, round=width * .8, **more)


def flag(value):
    return value.float()


def draw(subject, brush, state, ink, does, clock, pick):
    if subject == "cars":
        return cars(brush, state, ink, clock, pick)
    body = Body(brush, state)
    {"spaceship": spaceship, "astronaut": astronaut, "robot": robot, "fish": fish, "lion": lion, "cat": cat, "bird": bird}[subject](
        body, state, ink, does, clock)


def shade(ink, factor):
    return (ink * factor).clamp(0, 1)


def cars(b, s, ink, clock, pick):
    for lane, (y, speed, size) in enumerate(((.64, .075, .19), (.86, .11, .24))):
        for i in range(2):
            x = i * 1.5 + pick(10 + lane) * 1.5 + clock * speed
            for dx, dy, hx, hy, top, kw in ((0, 0, 1, .34, ink, dict(round=.16 * size)), (-.08, -.42, .55, .30, shade(ink, .85), dict(taper=.3, round=.06 * size)),
                                            (-.08, -.40, .44, .20, (.55, .82, .95), dict(taper=.3)),
                                            (.92, .0, .10, .12, (1., 1., .75), {}), (-.95, .0, .07, .12, (1., .2, .2), {}),
                                            (-.55, .34, .24, .24, DARK, dict(ellipse=True)), (.55, .34, .24, .24, DARK, dict(ellipse=True)),
                                            (-.55, .34, .10, .10, (.8, .8, .85), dict(ellipse=True)), (.55, .34, .10, .10, (.8, .8, .85), dict(ellipse=True))):
                b.add(x + dx * size, y + dy * size, hx * size, hy * size, top, wrap=1.5, **kw)


def spaceship(p, s, ink, does, clock):
    p.y = p.y + .02 * torch.sin(clock * .5)
    p.part(0, .62, .34, .34, (.55, .95, 1.), taper=.5, alpha=.35 * flag(does("down", "stand")), soft=6)
    p.part(0, -.12, .40, .36, (.70, .95, 1.), (.35, .65, .85), ellipse=True)
    p.part(-.1, -.24, .10, .10, (1., 1., 1.), ellipse=True, alpha=.8)
    p.part(0, .12, 1.0, .27, ink, shade(ink, .55), ellipse=True)
    p.part(0, .06, .80, .08, shade(ink, 1.2) * .8 + .2, ellipse=True, alpha=.5)
    for i in range(5):
        blink = .5 + .5 * torch.sin(clock * .8 + i * 1.9)
        p.part(-.7 + .35 * i, .16, .07, .07, (1., .95, .5), ellipse=True, alpha=.45 + .55 * blink)
    p.part(0, .33, .32, .08, shade(ink, .4), ellipse=True)


def gait(s, does):
    moving = flag(does("left", "right", "away", "run"))
    running = flag(does("run"))
    return torch.sin(s["walk"]) * moving * (.55 + .4 * running), moving, running


def leap(p, does, clock):
    p.y = p.y - p.s * .75 * torch.sin(clock * .55).abs() * flag(does("jump"))


def biped(p, s, ink, does, clock, limb_ink, width):
    swing, moving, running = gait(s, does)
    leap(p, does, clock)
    tap = torch.sin(clock * 1.9)
    typing = flag(does("type"))
    up = flag(does("jump")) * torch.sin(clock * .55).abs() * 1.9
    dark = shade(limb_ink, .72)
    p.limb(-.10, .28, -swing - .08, .56, width, dark)
    p.limb(-.16, -.28, swing * .9 - .18 - up + typing * (1.6 + .16 * tap), .46, width * .85, dark)
    p.limb(.10, .28, swing + .08, .56, width, limb_ink)
    return swing, typing * (1.5 - .22 * tap) + .18 + up - swing * .9


def astronaut(p, s, ink, does, clock):
    back = flag(does("away"))
    side = flag(does("left", "right", "run", "type"))
    _, arm = biped(p, s, ink, does, clock, ink, .125)
    p.part(-.26 * side, -.10, .22, .30, (.62, .64, .70), (.46, .48, .54), round=.06, alpha=side)
    p.part(0, 0, .30 - .05 * side, .36, shade(ink, 1.0), shade(ink, .80), round=.14)
    p.part(0, -.05, .16, .09, (.25, .30, .40), round=.02, alpha=1 - torch.maximum(back, side))
    p.part(-.05, -.05, .05, .04, (1., .35, .3), alpha=1 - torch.maximum(back, side))
    p.part(0, -.06, .25, .30, (.60, .62, .68), (.44, .46, .52), round=.06, alpha=back)
    p.limb(.20, -.26, arm, .46, .105, shade(ink, .92))
    p.part(0, -.66, .31, .31, (.95, .95, .98), (.74, .76, .82), ellipse=True)
    p.part(.08 * side, -.65, .23, .19, (.12, .20, .42), (.03, .05, .14), round=.14, alpha=1 - back)
    p.part(-.08 + .08 * side, -.71, .06, .04, (.75, .9, 1.), ellipse=True, alpha=(1 - back) * .9)


def robot(p, s, ink, does, clock):
    back = flag(does("away"))
    side = flag(does("left", "right", "run", "type"))
    smile = flag(does("smile"))
    _, arm = biped(p, s, ink, does, clock, shade(ink, .55) * .6 + .22, .085)
    p.part(0, 0, .31, .34, ink, shade(ink, .72), round=.05)
    p.part(.02, -.05, .18, .13, (.12, .15, .22), round=.03, alpha=1 - back)
    p.part(-.04, -.05, .05, .05, (.2, 1., .6), ellipse=True, alpha=1 - back)
    p.part(0, -.02, .20, .22, (.30, .32, .38), round=.03, alpha=back)
    p.limb(.25, -.24, arm, .46, .085, (.62, .66, .74))
    p.part(0, -1.02, .02, .10, (.35, .38, .45))
    p.part(0, -1.10, .055, .055, (1., .3, .3), ellipse=True)
    p.part(0, -.66, .33, .28, shade(ink, 1.05), shade(ink, .8), round=.07)
    p.part(0, -.64, .27, .21, (.08, .10, .16), round=.06, alpha=1 - back)
    for dx in (-.12, .12):
        p.part(dx + .05 * side, -.70, .065, .065, (.3, .95, 1.), ellipse=True, alpha=1 - back)
    mouth(p, 0.05 * 0, -.56, .17, smile, (.3, .95, 1.), (.08, .10, .16), 1 - back)


def mouth(p, dx, dy, width, smile, ink, ground, alpha):
    """A short line that becomes a wide open smile: a disc whose upper half is covered."""
    p.part(dx, dy + .02, width * .55, .018, ink, alpha=alpha * (1 - smile))
    p.part(dx, dy - .01, width, .135, ink, ellipse=True, alpha=alpha * smile)
    p.part(dx, dy - .085, width * 1.08, .085, ground, alpha=alpha * smile)


def fish(p, s, ink, does, clock):
    wag = torch.sin(clock * .9) * .35
    up = flag(does("up"))
    p.y = p.y + .02 * torch.sin(clock * .4)
    tilt = -up * .6
    p.part(-.86 + .10 * up, wag * .12 + .42 * up, .34, .34, shade(ink, .8), turn=1.5708 + wag + tilt, taper=.8)
    p.part(-.05, -.36 + .02 * up, .30, .20, shade(ink, .75), turn=tilt - .2, taper=.5)
    p.part(0, 0, .72, .42, shade(ink, 1.12), shade(ink, .78), ellipse=True, turn=tilt)
    p.part(-.12 + 0 * up, .06, .05, .32, shade(ink, .6) * .7 + .3, round=.04, turn=tilt)
    p.part(.16, .06 - .08 * up, .05, .30, shade(ink, .6) * .7 + .3, round=.04, turn=tilt)
    p.part(.0, .16, .20, .10, shade(ink, .65), ellipse=True, turn=.5 + wag)
    p.part(.44 - .06 * up, -.10 - .24 * up, .11, .11, (1., 1., 1.), ellipse=True)
    p.part(.47 - .06 * up, -.10 - .24 * up, .055, .055, DARK, ellipse=True)


def feline(p, s, ink, does, clock, mane, suit):
    """Upright from the front or the back; on four legs from the side while it moves."""
    side = flag(does("left", "right", "run", "jump"))
    front, back, smile = 1 - side, flag(does("away")), flag(does("smile"))
    face = front * (1 - back)
    swing, _, running = gait(s, does)
    leap(p, does, clock)
    stretch = flag(does("jump")) * torch.cos(clock * .55).abs() * .8
    fur, deep, light = ink, shade(ink, .72), ink * .55 + .45
    mane_ink = shade(ink, .55) if mane else deep
    step = torch.sin(s["walk"]) * (flag(does("left", "right", "run", "jump"))) * (.5 + .45 * running)
    # On four legs.
    p.limb(-.62, .10, -1.9 + .3 * torch.sin(clock * .5), .55, .05, deep, alpha=side)
    if mane:
        p.part(-1.15, -.12, .12, .12, mane_ink, ellipse=True, alpha=side)
    for dx, sign, colour in ((-.45, 1, deep), (.42, -1, deep), (-.56, -1, fur), (.52, 1, fur)):
        p.limb(dx, .28, sign * step + (stretch if dx > 0 else -stretch), .62, .095, colour, alpha=side)
    p.part(0, .12, .72, .29, fur, deep, round=.26, alpha=side)
    p.part(.62, -.28, .44, .46, mane_ink, ellipse=True, alpha=side * (1. if mane else 0.))
    for dx in (.48, .78):
        p.part(dx, -.58, .10, .14, fur, taper=.6, alpha=side)
    p.part(.70, -.28, .31, .30, fur, shade(ink, .9), ellipse=True, alpha=side)
    p.part(.92, -.20, .15, .12, light, ellipse=True, alpha=side)
    p.part(1.03, -.24, .05, .045, DARK, ellipse=True, alpha=side)
    p.part(.78, -.36, .05, .06, DARK, ellipse=True, alpha=side)
    # Upright.
    tail = .3 * torch.sin(clock * .45)
    p.limb(-.2, .55, -2.1 + tail, .60, .05, deep, alpha=front)
    suit_ink = torch.tensor((.12, .13, .20), device=ink.device)
    cloth = fur if suit is None else fur * (1 - suit) + suit_ink * suit
    cloth_deep = deep if suit is None else deep * (1 - suit) + suit_ink * .8 * suit
    lift = swing * .16 * back
    for dx, sign in ((-.17, 1), (.17, -1)):
        p.part(dx, .68 + lift * sign, .13, .30, cloth_deep, round=.1, alpha=front)
        p.part(dx + .02 * sign, .95 + lift * sign, .15, .07, fur, ellipse=True, alpha=front)
    p.part(0, .18, .36, .40, cloth, cloth_deep, round=.2, taper=.12, alpha=front)
    for dx, sign in ((-.36, 1), (.36, -1)):
        p.part(dx, .18 - lift * sign, .10, .30, cloth, cloth_deep, round=.09, turn=.18 * sign, alpha=front)
        p.part(dx * 1.12, .46 - lift * sign, .10, .09, fur, ellipse=True, alpha=front)
    if suit is None:
        p.part(0, .26, .20, .26, light, ellipse=True, alpha=face)
    else:
        s1 = suit[..., 0]
        p.part(0, .22, .20, .26, light, ellipse=True, alpha=face * (1 - s1))
        p.part(0, .04, .17, .24, (.96, .96, .98), taper=-.8, alpha=face * s1)
        p.part(0, .06, .055, .20, (.85, .12, .16), taper=.3, alpha=face * s1)
    if mane:
        p.part(0, -.50, .52, .50, mane_ink, shade(mane_ink, .8), ellipse=True, alpha=front)
    for dx in (-.27, .27):
        p.part(dx, -.82, .12, .14, fur if not mane else deep, taper=.5 if not mane else 0., round=.04, ellipse=mane, alpha=front)
    p.part(0, -.50, .36, .35, fur, shade(ink, .92), ellipse=True, alpha=face)
    p.part(0, -.50, .36, .35, mane_ink, ellipse=True, alpha=front * back)
    p.part(0, -.36, .20, .16, light, ellipse=True, alpha=face)
    for dx in (-.14, .14):
        p.part(dx, -.58, .075, .085, (1., 1., .94), ellipse=True, alpha=face)
        p.part(dx, -.57, .04, .055, DARK, ellipse=True, alpha=face)
    p.part(0, -.44, .07, .05, DARK, ellipse=True, alpha=face)
    mouth(p, 0, -.32, .19, smile, (.62, .10, .14), light, face)
    p.part(0, -.315, .12, .022, (1., 1., 1.), alpha=face * smile)


def lion(p, s, ink, does, clock):
    feline(p, s, ink, does, clock, True, s["suit"].unsqueeze(-1))


def cat(p, s, ink, does, clock):
    feline(p, s, ink, does, clock, False, None)


def bird(p, s, ink, does, clock):
    flap = torch.sin(clock * 1.1)
    p.y = p.y + .03 * torch.sin(clock * .55)
    p.part(-.72, .04, .30, .14, shade(ink, .7), turn=1.5708 + .2, taper=.6)
    p.limb(-.02, -.05, 3.4 - flap * .9, .85, .16, shade(ink, .65))
    p.part(0, 0, .55, .26, shade(ink, 1.1), shade(ink, .8), ellipse=True, turn=-.12)
    p.part(.52, -.18, .22, .21, ink, ellipse=True)
    p.part(.80, -.15, .14, .07, (1., .7, .1), turn=1.5708, taper=.8)
    p.part(.58, -.23, .055, .055, (1., 1., 1.), ellipse=True)
    p.part(.60, -.23, .035, .035, DARK, ellipse=True)
    p.limb(.05, -.05, -2.7 + flap * .9 + 3.1416 * 2, .90, .18, shade(ink, .88))

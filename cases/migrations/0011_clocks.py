"""Clocks of cases: their terms, what happened to them and how they stand; calendars of payers."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from billing_portal.kernel.models.guards import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_bulk'),
        ('integrations', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('start', 'Clock started'), ('pause', 'Clock paused'), ('resume', 'Clock goes on'), ('retarget', 'Clock has a new target'), ('stop', 'Clock stopped'), ('cancel', 'Clock no longer counts'), ('recompute', 'Clock counted anew'), ('undo', 'Clock put back')])),
                ('at', models.DateTimeField()),
                ('clock', models.TextField(choices=[('first_touch', 'First touch'), ('resolve', 'Resolve')], default='')),
                ('reason', models.TextField(choices=[('payer', 'waiting for payer'), ('info', 'waiting for information'), ('deferred', 'deferred')], null=True)),
                ('party', models.TextField(choices=[('payer', 'Payer'), ('records', 'Patient, clinician or records'), ('house', 'Ourselves')], null=True)),
                ('terms', models.JSONField(null=True)),
                ('version', models.PositiveIntegerField(null=True)),
                ('undoes', models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ClockTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.PositiveIntegerField()),
                ('unit', models.TextField(choices=[('business_hours', 'Business hours'), ('business_days', 'Business days'), ('calendar_days', 'Calendar days')])),
                ('zone', models.TextField()),
                ('pauses', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('cap', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SlaClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('first_touch', 'First touch'), ('resolve', 'Resolve')])),
                ('run', models.PositiveSmallIntegerField(default=1)),
                ('state', models.TextField(choices=[('running', 'Running'), ('paused', 'Paused'), ('met', 'Met'), ('missed', 'Missed'), ('cancelled', 'Cancelled')], default='running')),
                ('pause_reason', models.TextField(choices=[('payer', 'waiting for payer'), ('info', 'waiting for information'), ('deferred', 'deferred')], null=True)),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('watch_at', models.DateTimeField(null=True)),
                ('watch_step', models.PositiveSmallIntegerField(choices=[(0, 'Pause at its longest'), (50, 'Half of the time gone'), (80, '80 % of the time gone'), (100, 'All of the time gone')], null=True)),
                ('warned', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.AlterModelOptions(
            name='calendar',
            options={'permissions': [('edit_calendars', 'Can edit business calendars')]},
        ),
        migrations.RemoveConstraint(
            model_name='target',
            name='target_once',
        ),
        migrations.AddField(
            model_name='calendar',
            name='payer',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendar', to='integrations.payer'),
        ),
        migrations.AddField(
            model_name='historicalcalendar',
            name='payer',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='integrations.payer'),
        ),
        migrations.AddField(
            model_name='historicalholiday',
            name='kind',
            field=models.TextField(choices=[('holiday', 'Public holiday'), ('closure', 'Closure')], default='holiday'),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='case_type',
            field=models.TextField(blank=True, default='', help_text='Empty: every type.'),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='counts_in',
            field=models.TextField(choices=[('site', "The site's calendar"), ('payer', "The payer's calendar, if it has one")], default='site'),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='pause_cap',
            field=models.PositiveIntegerField(default=15),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='pauses_for_info',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='pauses_for_payer',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='pauses_when_deferred',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='holiday',
            name='kind',
            field=models.TextField(choices=[('holiday', 'Public holiday'), ('closure', 'Closure')], default='holiday'),
        ),
        migrations.AddField(
            model_name='target',
            name='case_type',
            field=models.TextField(blank=True, default='', help_text='Empty: every type.'),
        ),
        migrations.AddField(
            model_name='target',
            name='counts_in',
            field=models.TextField(choices=[('site', "The site's calendar"), ('payer', "The payer's calendar, if it has one")], default='site'),
        ),
        migrations.AddField(
            model_name='target',
            name='pause_cap',
            field=models.PositiveIntegerField(default=15),
        ),
        migrations.AddField(
            model_name='target',
            name='pauses_for_info',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='target',
            name='pauses_for_payer',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='target',
            name='pauses_when_deferred',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.CheckConstraint(condition=models.Q(('facility__isnull', True), ('payer__isnull', True), _connector='OR'), name='calendar_of_one'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['closure', 'holiday'])), name='holiday_kind'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('queue', 'case_type', 'clock'), name='target_once'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('counts_in__in', ['payer', 'site'])), name='target_counts_in'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('pause_cap__gte', 1), ('pause_cap__lte', 100)), name='target_pause_cap'),
        ),
        migrations.AddField(
            model_name='clockevent',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clock_events', to='cases.case'),
        ),
        migrations.AddField(
            model_name='clockterms',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.calendar'),
        ),
        migrations.AddField(
            model_name='slaclock',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='cases.case'),
        ),
        migrations.AddField(
            model_name='slaclock',
            name='terms',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.clockterms'),
        ),
        migrations.AddIndex(
            model_name='clockevent',
            index=models.Index(fields=['case', 'id'], name='clockevent_of_case'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['cancel', 'pause', 'recompute', 'resume', 'retarget', 'start', 'stop', 'undo'])), name='clockevent_kind'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(('clock', ''), ('clock__in', ['first_touch', 'resolve']), _connector='OR'), name='clockevent_clock'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pause'), ('party__isnull', False), ('reason__isnull', False)), models.Q(models.Q(('kind', 'pause'), _negated=True), ('party__isnull', True), ('reason__isnull', True)), _connector='OR'), name='clockevent_reason_iff_pause'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(('reason__isnull', True), ('reason__in', ['deferred', 'info', 'payer']), _connector='OR'), name='clockevent_reason'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(('party__isnull', True), ('party__in', ['house', 'payer', 'records']), _connector='OR'), name='clockevent_party'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['retarget', 'start']), _negated=True), ('terms__isnull', False), _connector='OR'), name='clockevent_terms'),
        ),
        migrations.AddConstraint(
            model_name='clockevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='clockevent_undoes_iff_undo'),
        ),
        migrations.AddConstraint(
            model_name='clockterms',
            constraint=models.UniqueConstraint(fields=('calendar', 'zone', 'unit', 'amount', 'pauses', 'cap'), name='clockterms_once'),
        ),
        migrations.AddConstraint(
            model_name='clockterms',
            constraint=models.CheckConstraint(condition=models.Q(('unit__in', ['business_days', 'business_hours', 'calendar_days'])), name='clockterms_unit'),
        ),
        migrations.AddConstraint(
            model_name='clockterms',
            constraint=models.CheckConstraint(condition=models.Q(('pauses__contained_by', ['deferred', 'info', 'payer'])), name='clockterms_pauses'),
        ),
        migrations.AddIndex(
            model_name='slaclock',
            index=models.Index(condition=models.Q(('watch_at__isnull', False)), fields=['watch_at'], name='slaclock_watch'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.UniqueConstraint(fields=('case', 'kind', 'run'), name='slaclock_once'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['paused', 'running'])), fields=('case', 'kind'), name='slaclock_one_live'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['first_touch', 'resolve'])), name='slaclock_kind'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['cancelled', 'met', 'missed', 'paused', 'running'])), name='slaclock_state'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['paused', 'running']), ('ended_at__isnull', True)), models.Q(models.Q(('state__in', ['paused', 'running']), _negated=True), ('ended_at__isnull', False), ('watch_at__isnull', True)), _connector='OR'), name='slaclock_ended_iff_not_live'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.CheckConstraint(condition=models.Q(('pause_reason__isnull', True), ('pause_reason__in', ['deferred', 'info', 'payer']), _connector='OR'), name='slaclock_pause_reason'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pause_reason__isnull', False), ('state', 'paused')), models.Q(models.Q(('state', 'paused'), _negated=True), ('pause_reason__isnull', True)), _connector='OR'), name='slaclock_reason_iff_paused'),
        ),
        migrations.AddConstraint(
            model_name='slaclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('watch_at__isnull', True), ('watch_step__isnull', True)), models.Q(('watch_at__isnull', False), ('watch_step__in', [0, 50, 80, 100])), _connector='OR'), name='slaclock_watch_paired'),
        ),
        AppendOnly("cases", "ClockTerms"),
        AppendOnly("cases", "ClockEvent"),
    ]
